"""A union of scalars."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.value is a union with int.
   at union_of_scalars.py:16  Thing
   fix: unions are of tagged Messages; put the value into one.
"""


class Thing(Message):
    value: int | str


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
