"""A contract call in the same process, everything on and nothing recording: beside a plain await of the same method."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from app import deadline
from app.calling.local import local_target
from app.host import Host
from modules.catalog.contract import Catalog, Product
from modules.catalog.domain import Shelf
from modules.catalog.features.list_products import ListProducts
from modules.catalog.features.search_products import SearchProducts
from modules.catalog.search import SearchIndex

from ..rounds import per_turn
from ..row import Budget, Row, Side
from ..shop import PRODUCT, shop

TURNS = 50_000
SCOPE_TURNS = 20_000
ALLOWED = 30.0
"""Seconds; far from passing."""


class Constant(Catalog):
    """Answers at once, so that nothing but the call itself is measured."""

    def __init__(self, product: Product) -> None:
        self.product = product

    async def get_product(self, id: str) -> Product:
        return self.product


async def constant(host: Host) -> tuple[Catalog, Constant]:
    """The shop's own binding with the constant behind it, and the constant."""
    bare = Constant(await host.get(Catalog).get_product(PRODUCT))
    binding = host.bindings.binding(Catalog)
    others = [ListProducts(Shelf([])), SearchProducts(SearchIndex(Shelf([])))]
    binding.swap(local_target(binding.spec, [bare, *others], "catalog"))
    return host.get(Catalog), bare


@asynccontextmanager
async def inside_a_scope() -> AsyncGenerator[Row]:
    """Inside a request's scope, as a handler calls a neighbour."""
    async with shop() as host:
        catalog, bare = await constant(host)

        async def call(turns: int) -> None:
            with deadline(ALLOWED):
                for _ in range(turns):
                    await catalog.get_product(PRODUCT)

        async def plain(turns: int) -> None:
            for _ in range(turns):
                await bare.get_product(PRODUCT)

        sides = [Side("ours", per_turn(TURNS, call)), Side("plain await", per_turn(TURNS, plain))]
        budgets = [Budget(3.5, ratio=True), Budget(240)]
        note = "the method returns a constant; deadline, policy, counts and latencies on, nothing records."
        yield Row("contract call in the same process, inside a scope", "ns", sides, budgets, 25, note)


@asynccontextmanager
async def with_a_scope() -> AsyncGenerator[Row]:
    """Outside of every scope a call opens one with the default deadline; raw asyncio's way of bounding it beside."""
    async with shop() as host:
        catalog, bare = await constant(host)

        async def call(turns: int) -> None:
            for _ in range(turns):
                await catalog.get_product(PRODUCT)

        async def timeout(turns: int) -> None:
            for _ in range(turns):
                async with asyncio.timeout(ALLOWED):
                    await bare.get_product(PRODUCT)

        sides = [
            Side("ours", per_turn(SCOPE_TURNS, call, 1e6)),
            Side("plain await in asyncio.timeout", per_turn(SCOPE_TURNS, timeout, 1e6)),
        ]
        yield Row("contract call that opens its own scope", "µs", sides, [Budget(2)], rounds=25)


ROWS = {"call": inside_a_scope, "call-scope": with_a_scope}
