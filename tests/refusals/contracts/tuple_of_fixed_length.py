"""A tuple of fixed length."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.pair is tuple[int, str], and protobuf knows no tuple of fixed length.
   at tuple_of_fixed_length.py:16  Thing
   fix: write `tuple[T, ...]`, or a Message with named fields.
"""


class Thing(Message):
    pair: tuple[int, str]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
