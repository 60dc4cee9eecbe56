"""A shop whose neighbours are fakes, and a browser's part of HTTP: a client with cookies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field

import httpx
import pytest

from app import Principal, Tokens
from app.testing import TestHost
from modules.accounts.contract import Accounts
from modules.ads.contract import Ads
from modules.cart.contract import Carts
from modules.catalog.contract import Catalog
from modules.checkout.contract import Checkout
from modules.currency.contract import Currency
from modules.orders.contract import Orders
from modules.recommendation.contract import Recommendations
from modules.shipping.contract import Shipping
from modules.storefront.module import module

from .fakes import (
    FakeAccounts,
    FakeAds,
    FakeCarts,
    FakeCatalog,
    FakeCheckout,
    FakeCurrency,
    FakeOrders,
    FakeRecommendations,
    FakeShipping,
)

KEY = "0123456789abcdef" * 4
SETTINGS = {
    "identity.cookie": "shop_token",
    "identity.key": KEY,
    "modules.storefront.checkout_pause": 0.001,
    "modules.storefront.remember_currencies": 0.0,
    "modules.storefront.ads_deadline": 5.0,
    "modules.storefront.recommendations_deadline": 5.0,
}
"""The deadlines are the longest that can be set: a machine that is busy elsewhere for a moment leaves no box out."""


@dataclass
class Neighbours:
    """Everybody whom the storefront asks."""

    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    ads: FakeAds = field(default_factory=FakeAds)
    carts: FakeCarts = field(default_factory=FakeCarts)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    checkout: FakeCheckout = field(default_factory=FakeCheckout)
    currency: FakeCurrency = field(default_factory=FakeCurrency)
    orders: FakeOrders = field(default_factory=FakeOrders)
    recommendations: FakeRecommendations = field(default_factory=FakeRecommendations)
    shipping: FakeShipping = field(default_factory=FakeShipping)

    def host(self, settings: dict[str, object] | None = None) -> TestHost:
        """The storefront among them, not started yet."""
        return (
            TestHost(module, edges=True, settings={**SETTINGS, **(settings or {})})
            .replace(Accounts, self.accounts)
            .replace(Ads, self.ads)
            .replace(Carts, self.carts)
            .replace(Catalog, self.catalog)
            .replace(Checkout, self.checkout)
            .replace(Currency, self.currency)
            .replace(Orders, self.orders)
            .replace(Recommendations, self.recommendations)
            .replace(Shipping, self.shipping)
        )

    def forget(self) -> None:
        """As they were at first."""
        for fake in vars(self).values():
            fake.__init__()


@pytest.fixture(scope="module")
def shop() -> Generator[tuple[Neighbours, str]]:
    """One shop for all tests of a file, in a thread with a loop of its own: starting one for each would take most of the
    time, and one for all files would run beside tests that have nothing to do with it."""
    neighbours, loop = Neighbours(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    host = neighbours.host()
    try:
        asyncio.run_coroutine_threadsafe(host.__aenter__(), loop).result(30)
        yield neighbours, host.http
        asyncio.run_coroutine_threadsafe(host.__aexit__(None, None, None), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def neighbours(shop: tuple[Neighbours, str]) -> Neighbours:
    shop[0].forget()
    return shop[0]


@pytest.fixture
async def client(shop: tuple[Neighbours, str], neighbours: Neighbours) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that shop; it follows no redirects by itself."""
    async with httpx.AsyncClient(base_url=shop[1], timeout=30) as client:
        yield client


@pytest.fixture
def token(neighbours: Neighbours) -> str:
    """What the edges believe to be the account of the fakes."""
    neighbours.accounts.token = Tokens(KEY.encode()).issue(Principal(neighbours.accounts.account_id), 3600)
    return neighbours.accounts.token
