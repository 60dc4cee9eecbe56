"""The topology `boutique`: each service on the port of its original, for whoever stands on the other side; and each of
ours can be left out for somebody else's."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest

from app.config import load
from app.placing import discovery, topology
from app.placing.check import check
from app.placing.plan import plan

from .shop import ROOT, kept, serving
from .stories.people import ADDRESS, CARD, MUG, PRICES, somebody
from .stubs import Stubs

PORTS = {
    "catalog": "127.0.0.1:3550",
    "currency": "127.0.0.1:7000",
    "cart": "127.0.0.1:7070",
    "recommendation": "127.0.0.2:8080",
    "ads": "127.0.0.1:9555",
    "shipping": "127.0.0.1:50051",
    "payment": "127.0.0.2:50051",
    "email": "127.0.0.1:5000",
    "checkout": "127.0.0.1:5050",
}
SERVICES = {
    "catalog": "ProductCatalogService",
    "currency": "CurrencyService",
    "cart": "CartService",
    "recommendation": "RecommendationService",
    "ads": "AdService",
    "shipping": "ShippingService",
    "payment": "PaymentService",
    "email": "EmailService",
    "checkout": "CheckoutService",
}
DOORS = [*PORTS.values(), "127.0.0.1:8080", "127.0.0.1:9090"]


@pytest.mark.parametrize("process", [*PORTS, "frontend"])
def test_each_process_is_planned_where_its_original_listens(process: str) -> None:
    found = discovery.find(ROOT)
    config = load(root=ROOT, environ={}, modules=found.names)
    topologies = topology.read(ROOT / "config" / "topologies.toml")
    planned = plan(topologies, "boutique", process, found, config, {})
    if process == "frontend":
        assert planned.http_address == "127.0.0.1:8080"
    else:
        assert (planned.grpc_address, planned.http_address) == (PORTS[process], None)
        assert [contract.__service__ for contract in planned.grpc] == [f"hipstershop.{SERVICES[process]}"]


@pytest.mark.parametrize("module", SERVICES)
def test_each_service_can_be_somebody_else_s(module: str, tmp_path: Path) -> None:
    plans = tmp_path / "topologies.toml"
    plans.write_text(
        f'[topologies.t]\nwithout = ["{module}"]\nprocesses.shop = {{ modules = ["*"], edges = ["*"] }}\n'
        f'external.theirs = {{ contract = "hipstershop.{SERVICES[module]}", address = "elsewhere:1" }}\n'
    )
    found = discovery.find(ROOT)
    config = load(root=ROOT, environ={}, modules=found.names)
    (process,) = check(topology.read(plans), found, config, {}).topologies["t"].processes["shop"]
    assert module not in process.modules
    outside = [one.__service__ for one, answer in process.answers.items() if answer.placement == "external"]
    assert outside == [f"hipstershop.{SERVICES[module]}"]
    assert f"hipstershop.{SERVICES[module]}" in [one.__service__ for one in process.grpc], "the edge forwards it"


@pytest.fixture
def each(tmp_path: Path, generated: tuple[Any, Any]) -> Generator[dict[str, Stubs]]:
    """A client of others for each module, connected to its own port. Skips where one of the ports is taken."""
    with ExitStack() as stack:
        for door in DOORS:
            host, _, port = door.partition(":")
            try:
                socket.create_server((host, int(port))).close()
                stack.enter_context(kept(host, int(port)))  # some of them are among those that the system gives away
            except OSError as taken:
                pytest.skip(f"the Online Boutique's ports are fixed, and {door} cannot be had: {taken.strerror}")
        stack.enter_context(serving("boutique", tmp_path, http=8080, grpc=9090))
        channels = {module: stack.enter_context(grpc.insecure_channel(door)) for module, door in PORTS.items()}
        yield {module: Stubs(*generated, channel) for module, channel in channels.items()}


def test_a_client_of_others_shops_at_each_service_s_own_port(each: dict[str, Stubs]) -> None:
    user, to = str(uuid4()), somebody()
    line = {"product_id": MUG, "quantity": 2}
    products = each["catalog"].call("ProductCatalog", "ListProducts", {}).products
    assert len(products) == 9
    dollars = {"currency_code": "USD", "units": 8, "nanos": 990000000}
    assert each["currency"].call("Currency", "Convert", {"from": dollars, "to_code": "USD"}).nanos == 990000000
    assert each["ads"].call("Ad", "GetAds", {}).ads
    assert len(each["recommendation"].call("Recommendation", "ListRecommendations", {}).product_ids) == 5
    assert each["shipping"].call("Shipping", "GetQuote", {"items": [line]}).cost_usd.units == 8
    assert each["payment"].call("Payment", "Charge", {"amount": dollars, "credit_card": CARD}).transaction_id
    each["cart"].call("Cart", "AddItem", {"user_id": user, "item": line})
    said = {"user_id": user, "user_currency": "USD", "address": ADDRESS, "email": to, "credit_card": CARD}
    order = each["checkout"].call("Checkout", "PlaceOrder", said).order
    assert order.items[0].cost.units == int(PRICES[MUG])
    each["email"].call("Email", "SendOrderConfirmation", {"email": to, "order": order})
    assert "Mug" in httpx.get("http://127.0.0.1:8080/", timeout=30).text
    with pytest.raises(grpc.RpcError) as failed:
        each["cart"].call("Currency", "GetSupportedCurrencies", {})
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED, "a port is one service's own"
