"""A failure whose field protobuf cannot say."""

from __future__ import annotations

from app import Contract, NotFound, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
NotInStock.words is set[str], which can change in its holder's hands.
   at unsayable_failure.py:16  NotInStock
   fix: write `tuple[T, ...]`.
"""


class NotInStock(NotFound, says="out of {words}"):
    words: set[str]


class Shop(Contract):
    @command(raises=[NotInStock])
    async def order(self, id: str) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
