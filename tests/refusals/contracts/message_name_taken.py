"""Two messages that claim one name."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
refusals_contracts_message_name_taken.Other and refusals_contracts_message_name_taken.Thing are both 'shop.Thing' on the wire.
   at message_name_taken.py:17  Thing
   at message_name_taken.py:21  Other
   fix: share one of them by importing it, or name one by `proto=`.
"""


class Thing(Message, proto="shop.Thing"):
    name: str


class Other(Message, proto="shop.Thing"):
    name: str


class Shop(Contract, service="shop.Shop"):
    @command()
    async def put(self, thing: Thing, other: Other) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
