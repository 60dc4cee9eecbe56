"""The orders' tables on either database, opened by hand, and an order to keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from app.config.sections import Database as Section
from app.storing.pools import Pools
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.orders.contract import Order, OrderItem
from modules.orders.history import OrderHistories
from modules.orders.storage import OrderStore
from modules.shipping.contract import Address

NOON = datetime(2030, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)


class MakeOrder(Protocol):
    def __call__(self, order_id: str = "o-1", **fields: Any) -> Order: ...


@pytest.fixture
async def pools(database_url: str, tmp_path: Path) -> AsyncIterator[Pools]:
    pools = Pools(Section(url=database_url, connect_timeout=60.0), tmp_path)
    pools.database("orders")
    await pools.open()
    yield pools
    await pools.close()


@pytest.fixture
def store(pools: Pools) -> OrderStore:
    return OrderStore(pools.database("orders"))


@pytest.fixture
def histories(pools: Pools) -> OrderHistories:
    return OrderHistories(pools.database("orders"))


@pytest.fixture
def make_order() -> MakeOrder:
    def make(order_id: str = "o-1", **fields: Any) -> Order:
        given: dict[str, Any] = {
            "user_id": "shopper-1",
            "email": "ann@example.com",
            "placed_at": NOON,
            "total": Money("EUR", 43, 316_675_324),
            "shipping_tracking_id": "QK-20-1041234567",
            "shipping_cost": Money("EUR", 7, 952_233_525),
            "shipping_address": Address("1 Long Lane", "Oslo", "Oslo", "Norway", 1234),
            "items": (
                OrderItem(CartItem("OLJCESPC7Z", 2), Money("EUR", 17, 682_441_398)),
                OrderItem(CartItem("6E92ZMYYFZ", 1), Money("EUR", 7, 952_233_525)),
            ),
        }
        return Order(order_id, **{**given, **fields})

    return make
