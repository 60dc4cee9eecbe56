"""The checkout as others meet it: over REST, over gRPC, in processes of its own, and after `kill -9`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from app import Unavailable, connect
from modules.checkout.clock import Clock
from modules.checkout.contract import BeingPlaced, Checkout, ShippingFailed
from modules.checkout.journal import STEPS_IN_A_LEASE
from modules.checkout.module import module
from modules.checkout.settings import CheckoutSettings
from modules.orders.contract import OrderResult
from modules.payment.contract import InvalidCharge, request_id

from .conftest import HandClock, Shop
from .neighbours import ADDRESS, CARD, EMAIL, NEIGHBOURS, World

BODY: dict[str, Any] = {
    "user_id": "ann",
    "user_currency": "EUR",
    "email": EMAIL,
    "address": msgspec.to_builtins(ADDRESS),
    "credit_card": msgspec.to_builtins(CARD),
}
KEY = {"Idempotency-Key": "k-1"}


class Ahead(Clock):
    """The system's clock, so far ahead as a file says: it is one for all processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)

    def set(self, seconds: float) -> None:
        self._file.write_text(str(seconds))

    def now(self) -> float:
        return super().now() + float(self._file.read_text())


@pytest.fixture
async def shop(world: World, clock: HandClock, tmp_path: Any) -> Any:
    shop = Shop(world, clock, f"sqlite:///{tmp_path}/files/")
    await shop.open(edges=True)
    yield shop
    await shop.close()


@pytest.fixture
async def client(shop: Shop) -> Any:
    async with httpx.AsyncClient(base_url=shop.hosts[0].http) as client:
        yield client


async def test_over_rest_an_order_is_made_and_answered_once(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await client.post("/api/orders", json=BODY, headers=KEY)
    assert answer.status_code == 201
    assert answer.json()["shipping_tracking_id"] == "QK-20-1"
    assert answer.json()["order_id"] in shop.world.charges
    again = await client.post("/api/orders", json=BODY, headers=KEY)
    assert (again.status_code, again.json()) == (201, answer.json())
    other = await client.post("/api/orders", json={**BODY, "user_currency": "USD"}, headers=KEY)
    assert other.status_code == 422
    assert len(shop.world.charged) == 1


@pytest.mark.parametrize(
    ("step", "error", "status"),
    [
        ("charge", InvalidCharge("credit_card", "Credit card info is invalid"), 402),
        ("charge", Unavailable(), 503),
        ("ship_order", Unavailable(), 503),
        ("get_cart", Unavailable(), 503),
    ],
)
async def test_over_rest_a_failing_step_has_a_status_of_its_own(
    step: str, error: Exception, status: int, client: httpx.AsyncClient, shop: Shop
) -> None:
    shop.world.failing[step] = error
    assert (await client.post("/api/orders", json=BODY)).status_code == status


async def test_over_rest_a_product_that_is_gone_and_an_empty_cart_are_the_carts_fault(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    shop.world.prices.clear()
    assert (await client.post("/api/orders", json=BODY)).status_code == 409
    shop.world.carts.clear()
    answer = await client.post("/api/orders", json=BODY)
    assert (answer.status_code, answer.json()["detail"]) == (400, "cart is empty")


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in BODY.items() if key != name}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (_without("email"), "email"),
        (_without("address"), "address"),
        (_without("credit_card"), "credit_card"),
        (_without("user_id"), "user_id"),
        ({**BODY, "email": "x" * 300}, "email"),
        ({**BODY, "email": None}, "email"),
        ({**BODY, "user_currency": "eur"}, "user_currency"),
        ({**BODY, "address": {**BODY["address"], "zip_code": 2**40}}, "address.zip_code"),
        ({**BODY, "address": {**BODY["address"], "city": "\0"}}, "address.city"),
        ({**BODY, "credit_card": {**BODY["credit_card"], "credit_card_cvv": 1e300}}, "credit_card.credit_card_cvv"),
        ({**BODY, "credit_card": {**BODY["credit_card"], "credit_card_number": "<b>"}}, "credit_card.credit_card_number"),
    ],
)  # fmt: skip
async def test_over_rest_bad_input_is_the_callers_fault_and_names_its_field(
    body: dict[str, Any], field: str, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/api/orders", json=body)
    assert answer.status_code == 400
    assert field in (answer.json().get("field", ""), answer.json()["detail"].split(" ")[0]), answer.text


async def test_a_key_that_is_too_long_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/orders", json=BODY, headers={"Idempotency-Key": "x" * 201})
    assert (answer.status_code, answer.json()["field"]) == (400, "request_id")


async def test_over_grpc_the_key_is_metadata(shop: Shop) -> None:
    async with connect(Checkout, shop.hosts[0].grpc) as checkout:
        with request_id.set("k-1"):
            first = await checkout.place_order("ann", ADDRESS, EMAIL, CARD, "EUR")
            assert await checkout.place_order("ann", ADDRESS, EMAIL, CARD, "EUR") == first
        shop.world.failing["ship_order"] = Unavailable()
        shop.world.carts["bob"] = tuple(line.item for line in first.order.items)
        with pytest.raises(ShippingFailed, match=r"^shipping error: "):
            await checkout.place_order("bob", ADDRESS, EMAIL, CARD)
    assert len(shop.world.charged) == 2


@pytest.mark.topology("processes")
async def test_a_process_killed_between_the_charge_and_its_note_charges_nobody_twice(
    test_host: Any, tmp_path: Path
) -> None:
    world, clock = World(), Ahead(tmp_path / "ahead")
    host = test_host(module, settings={"calls.attempts": 1}).replace(Clock, clock)
    for contract, fake in NEIGHBOURS.items():
        host = host.replace(contract, fake(world))
    async with host:
        checkout = host.get(Checkout)
        hold = world.hold("charge")
        with request_id.set("k-1"):
            dying = asyncio.create_task(checkout.place_order("ann", ADDRESS, EMAIL, CARD, "EUR"))
        await hold.reached.wait()
        await host.children.kill("checkout")
        with pytest.raises(Unavailable):
            await dying
        hold.let_go.set()
        clock.set(STEPS_IN_A_LEASE * CheckoutSettings().step_seconds + 1)  # the next one need not wait for it
        await host.children.start_one("checkout")
        order = await _placed(checkout)
    assert world.charges == {order.order_id: "tx-1"}
    assert len(world.charged) == len(world.recorded) == world.parcels == 1


async def _placed(checkout: Checkout) -> OrderResult:
    async with asyncio.timeout(30):
        while True:
            try:
                with request_id.set("k-1"):
                    return (await checkout.place_order("ann", ADDRESS, EMAIL, CARD, "EUR")).order
            except (BeingPlaced, Unavailable):
                await asyncio.sleep(0.05)
