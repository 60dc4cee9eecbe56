"""A mapping of tuples."""

from __future__ import annotations

from collections.abc import Mapping

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words is a mapping of tuple[str, ...], and protobuf cannot nest them.
   at tuple_in_mapping.py:18  Thing
   fix: wrap the inner one in a Message.
"""


class Thing(Message):
    words: Mapping[str, tuple[str, ...]]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
