"""The data folder cannot be made, since a file has its name."""

from __future__ import annotations

from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = """
    the database data/cart.db of cart cannot be opened: file exists.
       fix: make the folder writable, or name another one with data.dir (PANGAEA_DATA_DIR).
"""


async def wrong(tmp_path: Path) -> object:
    (tmp_path / "data").write_text("")
    pools = Pools(Database(), tmp_path / "data")
    pools.database("cart")
    return await pools.open()
