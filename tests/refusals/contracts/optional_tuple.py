"""A tuple that may be None."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words is a tuple or None, and protobuf cannot tell an empty one from none.
   at optional_tuple.py:16  Thing
   fix: drop the None: an empty tuple says it.
"""


class Thing(Message):
    words: tuple[str, ...] | None = None


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
