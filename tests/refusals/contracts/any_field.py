"""A field of any type."""

from __future__ import annotations

from typing import Any

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.value is Any, which protobuf cannot say.
   at any_field.py:18  Thing
   fix: use the field types of Message.
"""


class Thing(Message):
    value: Any


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
