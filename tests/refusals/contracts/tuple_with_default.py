"""A tuple whose default is not empty."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words has a default that is not empty, and protobuf cannot tell an empty one from none.
   at tuple_with_default.py:16  Thing
   fix: default to `()` or `{}`.
"""


class Thing(Message):
    words: tuple[str, ...] = ("a",)


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
