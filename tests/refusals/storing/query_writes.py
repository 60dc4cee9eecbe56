"""A query writes, and queries are answered from a replica."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from app.config.sections import Database
from app.storing.freshness import querying
from app.storing.pools import Pools

EXPECTED = """
    a query of cart writes, and with database.replica_url queries only read.
       fix: declare the method with @command instead of @query.
"""


async def wrong(tmp_path: Path) -> object:
    pools = Pools(Database(replica_url=f"sqlite:///{tmp_path}/copy/"), tmp_path / "data", migrations=lambda _: None)
    cart = pools.database("cart")
    await pools.open()
    try:
        with querying():
            async with cart.transaction() as tx:
                await tx.execute(text("CREATE TABLE carts (id INTEGER)"))
    finally:
        await pools.close()
