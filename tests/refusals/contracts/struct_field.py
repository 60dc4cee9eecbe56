"""A Struct that is no Message."""

from __future__ import annotations

import msgspec

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.inner is Inner, a Struct but no Message.
   at struct_field.py:22  Thing
   fix: derive it from Message.
"""


class Inner(msgspec.Struct):
    x: int


class Thing(Message):
    inner: Inner


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
