"""The orders module as others meet it: over REST, over contracts, and not over gRPC where it is internal."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app import Unimplemented, connect
from app.testing import TestHost, acting_as
from modules.orders.contract import NoSuchOrder, OrderBook, Orders
from modules.orders.module import module

from .conftest import MakeOrder


@pytest.mark.topology("monolith", "loopback", "processes")
async def test_what_is_written_down_is_read_wherever_it_runs(test_host: Any, make_order: MakeOrder) -> None:
    async with test_host(module) as host:
        await host.get(OrderBook).record(make_order(user_id="ann"))
        assert await host.get(Orders).get_order("o-1") == make_order(user_id="ann")
        with acting_as("ann"):
            assert [one.order_id for one in (await host.get(Orders).list_my_orders()).orders] == ["o-1"]
        with pytest.raises(NoSuchOrder):
            await host.get(Orders).get_order("o-2")


async def test_over_rest_an_order_is_found_and_hostile_ids_are_not(make_order: MakeOrder) -> None:
    async with TestHost(module, edges=True) as host, httpx.AsyncClient(base_url=host.http) as client:
        await host.get(OrderBook).record(make_order())
        answer = await client.get("/api/orders/o-1")
        assert answer.status_code == 200
        assert answer.json()["total"] == {"currency_code": "EUR", "units": 43, "nanos": 316675324}
        assert answer.json()["placed_at"] == "2030-01-02T12:00:00.123456Z"
        for id in ("o-2", "%00", "o%271", "%F0%9F%9B%92", "x" * 5000):
            assert (await client.get(f"/api/orders/{id}")).status_code == 404
        assert (await client.get("/api/accounts/me/orders")).status_code == 401


async def test_the_book_is_not_offered_to_the_outside(make_order: MakeOrder) -> None:
    async with TestHost(module, edges=True) as host, connect(OrderBook, host.grpc) as book:
        with pytest.raises(Unimplemented):
            await book.record(make_order())
