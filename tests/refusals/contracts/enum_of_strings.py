"""An enum whose values are no numbers."""

from __future__ import annotations

from enum import Enum

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.shade is the enum Shade, whose values are no ints.
   at enum_of_strings.py:22  Thing
   fix: number the members, 0 for what an absent field means; the names travel in the .proto.
"""


class Shade(Enum):
    DARK = "dark"


class Thing(Message):
    shade: Shade


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
