"""A lock that is no .proto any more."""

from __future__ import annotations

from app import Contract, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
tests/refusals/contracts/lock_unreadable.proto cannot be read: '<' is unexpected (line 5).
   fix: restore it from git, or remove it and run `pangaea contracts`.
"""


class Shop(Contract, service="shop.Shop"):
    @command()
    async def clear(self) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
