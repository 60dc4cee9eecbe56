"""A tuple in a tuple."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.rows is a tuple of tuple[int, ...], and protobuf cannot nest them.
   at nested_tuple.py:16  Thing
   fix: wrap the inner one in a Message.
"""


class Thing(Message):
    rows: tuple[tuple[int, ...], ...]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
