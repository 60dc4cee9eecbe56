"""The replica of files is a server."""

from __future__ import annotations

from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = """
    database.replica_url is 'postgresql://shop:***@db/shop', and database.url leads to sqlite, of which that is no copy.
       fix: write postgresql://user:password@host:5432/name or sqlite:///folder, or leave it empty where there is none.
"""


def wrong() -> object:
    return Pools(Database(replica_url="postgresql://shop:hush@db/shop"), Path("data")).database("cart")
