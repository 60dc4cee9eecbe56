"""A mapping by what protobuf has no keys of."""

from __future__ import annotations

from collections.abc import Mapping

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words is a mapping by float.
   at mapping_by_float.py:18  Thing
   fix: use str (or an int) for its keys.
"""


class Thing(Message):
    words: Mapping[float, str]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
