"""A contract call in the same process, everything on and nothing recording: beside a plain await of the same method."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from app import deadline
from modules.catalog.contract import Catalog
from modules.catalog.features.get_product import GetProduct
from modules.catalog.settings import CatalogSettings
from modules.catalog.storage import read_shelf

from ..rounds import per_turn
from ..row import Budget, Row, Side
from ..shop import PRODUCT, shop

TURNS = 50_000
SCOPE_TURNS = 20_000
ALLOWED = 30.0
"""Seconds; far from passing."""


@asynccontextmanager
async def inside_a_scope() -> AsyncGenerator[Row]:
    """Inside a request's scope, as a handler calls a neighbour."""
    bare = GetProduct(read_shelf(CatalogSettings()))

    async def call(turns: int) -> None:
        with deadline(ALLOWED):
            for _ in range(turns):
                await catalog.get_product(PRODUCT)

    async def plain(turns: int) -> None:
        for _ in range(turns):
            await bare.get_product(PRODUCT)

    async with shop() as host:
        catalog = host.get(Catalog)
        sides = [Side("ours", per_turn(TURNS, call)), Side("plain await", per_turn(TURNS, plain))]
        budgets = [Budget(3.5, ratio=True), Budget(240)]
        yield Row("contract call in the same process, inside a scope", "ns", sides, budgets, rounds=25)


@asynccontextmanager
async def with_a_scope() -> AsyncGenerator[Row]:
    """A call that opens its own scope, as an edge does; raw asyncio's way of bounding one beside it."""
    bare = GetProduct(read_shelf(CatalogSettings()))

    async def call(turns: int) -> None:
        for _ in range(turns):
            with deadline(ALLOWED):
                await catalog.get_product(PRODUCT)

    async def timeout(turns: int) -> None:
        for _ in range(turns):
            async with asyncio.timeout(ALLOWED):
                await bare.get_product(PRODUCT)

    async with shop() as host:
        catalog = host.get(Catalog)
        sides = [
            Side("ours", per_turn(SCOPE_TURNS, call, 1e6)),
            Side("plain await in asyncio.timeout", per_turn(SCOPE_TURNS, timeout, 1e6)),
        ]
        yield Row("contract call that opens its own scope", "µs", sides, [Budget(2)], rounds=25)


ROWS = {"call": inside_a_scope, "call-scope": with_a_scope}
