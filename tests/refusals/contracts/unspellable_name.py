"""A service that protobuf cannot spell."""

from __future__ import annotations

from app import Contract, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Shop would be called 'my-shop.Shop' on the wire, which protobuf cannot spell.
   at unspellable_name.py:16  Shop
   fix: use ASCII letters, digits and underscores; `proto=` and `service=` give another name.
"""


class Shop(Contract, service="my-shop.Shop"):
    @command()
    async def clear(self) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
