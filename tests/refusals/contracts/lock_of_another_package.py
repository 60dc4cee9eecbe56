"""A lock that was written for another package."""

from __future__ import annotations

from app import Contract, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
tests/refusals/contracts/lock_of_another_package.proto cannot be read: its package is 'store', not 'shop'.
   fix: restore it from git, or remove it and run `pangaea contracts`.
"""


class Shop(Contract, service="shop.Shop"):
    @command()
    async def clear(self) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
