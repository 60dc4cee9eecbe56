"""A database of a kind that we do not speak."""

from __future__ import annotations

from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = """
    database.url is 'mysql://shop:***@db/shop', and mysql is neither postgresql nor sqlite.
       fix: write postgresql://user:password@host:5432/name or sqlite:///folder, or leave it empty for SQLite files.
"""


def wrong() -> object:
    return Pools(Database(url="mysql://shop:hush@db/shop"), Path("data")).database("cart")
