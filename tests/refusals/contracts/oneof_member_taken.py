"""A union whose member is called like another field."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.card is 'card' on the wire, as another one is.
   at oneof_member_taken.py:24  Thing
   fix: rename one of them.
"""


class Card(Message, tag=True):
    number: str


class Cash(Message, tag=True):
    pass


class Thing(Message):
    pay: Card | Cash
    card: str = ""


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
