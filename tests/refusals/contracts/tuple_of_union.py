"""A tuple of a union."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.pays is a tuple of a union.
   at tuple_of_union.py:24  Thing
   fix: wrap the union in a Message with one field.
"""


class Card(Message, tag=True):
    number: str


class Cash(Message, tag=True):
    pass


class Thing(Message):
    pays: tuple[Card | Cash, ...]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
