"""A tuple that holds None."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words is a tuple of optionals, and protobuf has no None in it.
   at tuple_of_optionals.py:16  Thing
   fix: leave the empty ones out, or wrap the value in a Message.
"""


class Thing(Message):
    words: tuple[str | None, ...]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
