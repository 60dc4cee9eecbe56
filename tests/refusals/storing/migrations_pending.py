"""Tables are missing, and nobody may make them in passing."""

from __future__ import annotations

from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = """
    cart needs migrations that cart.db has not seen: 0001.
       fix: apply them: `pangaea db upgrade cart`.
"""


async def wrong(tmp_path: Path) -> object:
    section = Database(migrate="never")
    pools = Pools(section, tmp_path, migrate=section.migrates("development"))
    pools.database("cart")
    return await pools.open()
