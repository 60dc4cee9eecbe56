"""A field whose type is not the one that its number is locked to."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.price is string now and was int64 under number 2, as tests/refusals/contracts/lock_of_another_type.proto has it.
   at lock_of_another_type.py:16  Thing
   fix: keep the type and add a field with another name; or delete the line if nobody has seen it yet.
"""


class Thing(Message):
    name: str
    price: str


class Shop(Contract, service="shop.Shop"):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
