"""Nobody listens where the database should be."""

from __future__ import annotations

from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = """
    the database postgresql://shop:***@127.0.0.1:1/shop of cart cannot be reached: connection refused.
       fix: start it, or correct database.url (PANGAEA_DATABASE_URL).
"""


async def wrong() -> object:
    pools = Pools(Database(url="postgresql://shop:hush@127.0.0.1:1/shop"), Path("data"))
    pools.database("cart")
    return await pools.open()
