"""A union of Messages that nothing tells apart."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.pay is a union with Card, which has no tag of its own.
   at union_without_tags.py:24  Thing
   fix: declare `class Card(Message, tag=True)`.
"""


class Card(Message):
    number: str


class Cash(Message):
    pass


class Thing(Message):
    pay: Card | Cash


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
