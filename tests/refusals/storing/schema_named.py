"""A module reads another's table by its schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, select

from app.config.sections import Database
from app.storing.pools import Pools

EXPECTED = """
    a statement names tables of the schema `cart`, and a module sees only its own tables, which have none.
       fix: leave out `schema=` for a table of the module's own, and ask the contract of another module for what is its.
"""

carts = Table("carts", MetaData(), Column("id", Integer), schema="cart")


async def wrong(tmp_path: Path) -> object:
    pools = Pools(Database(), tmp_path)
    orders = pools.database("orders")
    await pools.open()
    try:
        return await orders.fetch(select(carts))
    finally:
        await pools.close()
