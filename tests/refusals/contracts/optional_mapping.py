"""A mapping that may be None."""

from __future__ import annotations

from collections.abc import Mapping

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.words is a mapping or None, and protobuf cannot tell an empty one from none.
   at optional_mapping.py:18  Thing
   fix: drop the None: an empty mapping says it.
"""


class Thing(Message):
    words: Mapping[str, int] | None = None


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
