"""A checkout among fake neighbours, on either database, with a clock that only the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import pytest
from sqlalchemy import select

from app import Database
from app.testing import TestHost
from modules.checkout.clock import Bell, Clock
from modules.checkout.contract import Checkout
from modules.checkout.module import module
from modules.checkout.storage import placements
from modules.orders.contract import OrderResult
from modules.payment.contract import CreditCardInfo, request_id
from modules.shipping.contract import Address

from .neighbours import ADDRESS, CARD, EMAIL, NEIGHBOURS, World


class HandClock(Clock):
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.time = 1_900_000_000.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def pause(self, seconds: float, bell: Bell | None = None) -> None:
        until = self.time + seconds
        while self.time < until and not (bell is not None and bell.is_set()):
            waiting = [asyncio.ensure_future(event.wait()) for event in (self._moved, bell) if event is not None]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waiting:
                    one.cancel()


class Shop:
    """A world, and checkouts in it that share a database."""

    def __init__(self, world: World, clock: HandClock, database_url: str) -> None:
        self.world, self.clock = world, clock
        self._url = database_url
        self.hosts: list[TestHost] = []

    async def open(self, **more: Any) -> TestHost:
        """One more replica."""
        settings = {"database.url": self._url, "database.connect_timeout": 60.0, "calls.attempts": 1, "calls.breaker_failures": 0,
                    **more.pop("settings", {})}  # fmt: skip
        host = TestHost(module, settings=settings, **more).replace(Clock, self.clock)
        for contract, fake in NEIGHBOURS.items():
            host = host.replace(contract, fake(self.world))
        await host.__aenter__()
        self.hosts.append(host)
        return host

    async def close(self) -> None:
        for host in self.hosts:
            await host.__aexit__(None, None, None)
        self.hosts.clear()

    async def place(
        self,
        key: str | None = None,
        *,
        user_id: str = "ann",
        address: Address = ADDRESS,
        email: str = EMAIL,
        card: CreditCardInfo = CARD,
        currency: str = "EUR",
        replica: int = 0,
    ) -> OrderResult:
        under: AbstractContextManager[Any] = nullcontext() if key is None else request_id.set(key)
        with under:
            checkout = self.hosts[replica].get(Checkout)
            return (await checkout.place_order(user_id, address, email, card, currency)).order

    async def rows(self) -> list[Any]:
        database = self.hosts[0].get(Database, "checkout")
        return list(await database.fetch(select(placements).order_by(placements.c.started_at)))

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something holds; the test's own timeout bounds it."""
    async with asyncio.timeout(20):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.005)


async def gone(task: asyncio.Task[Any]) -> None:
    """The caller hangs up."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def shop(world: World, clock: HandClock, database_url: str) -> AsyncIterator[Shop]:
    """One replica is open."""
    shop = Shop(world, clock, database_url)
    await shop.open()
    yield shop
    await shop.close()
