"""An enum without a zero."""

from __future__ import annotations

from enum import Enum

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.shade is the enum Shade, which has no zero.
   at enum_without_zero.py:22  Thing
   fix: add a member with the value 0: it is what an absent field means.
"""


class Shade(Enum):
    DARK = 1


class Thing(Message):
    shade: Shade


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
