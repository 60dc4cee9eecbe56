"""The data folder cannot be made, since a file has its name."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = (
    "the database /dev/null/cart.db of cart cannot be opened: ",
    "fix: make the folder writable, or name another one with data.dir (PANGAEA_DATA_DIR)",
)


def wrong() -> object:
    pools = Pools(Database(), Path("/dev/null"))
    pools.database("cart")
    return asyncio.run(pools.open())
