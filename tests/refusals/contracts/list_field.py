"""A list, which its holder could change."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words is list[str], which can change in its holder's hands.
   at list_field.py:16  Thing
   fix: write `tuple[T, ...]`.
"""


class Thing(Message):
    words: list[str]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
