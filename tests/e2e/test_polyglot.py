"""The topology `polyglot`: currencies, parcels and cards are somebody else's, and nobody in the shop can tell."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from . import stubs
from .conftest import CHEAP
from .shop import PATIENCE, Shop, serving
from .stories.people import ADDRESS, CARD, MUG, Customers, amount, order_of


class Theirs:
    """The foreign server, and what it was asked."""

    def __init__(self, port: int, log: Path) -> None:
        self.address, self._log = f"127.0.0.1:{port}", log

    def asked(self, method: str) -> list[dict[str, Any]]:
        said = [json.loads(line) for line in self._log.read_text().splitlines()] if self._log.exists() else []
        return [one for one in said if one["method"] == method]


@pytest.fixture(scope="module")
def them(tmp_path_factory: pytest.TempPathFactory) -> Generator[Theirs]:
    folder = tmp_path_factory.mktemp("theirs")
    stubs.generate(folder)
    program = [sys.executable, str(Path(__file__).parent / "foreign_server.py"), str(folder), str(folder / "log")]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Theirs(int(process.stdout.readline()), folder / "log")
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def shop(them: Theirs, tmp_path_factory: pytest.TempPathFactory) -> Generator[Shop]:
    addresses = {f"PANGAEA_ADDRESS_{name}": them.address for name in ("CURRENCY", "SHIPPING", "PAYMENT")}
    with serving("polyglot", tmp_path_factory.mktemp("shop"), **CHEAP, **addresses) as shop:
        yield shop


def test_prices_and_parcels_are_theirs(customer: Customers) -> None:
    ann = customer()
    assert ann.expect(200, "GET", "/api/currencies")["currency_codes"] == ["USD", "EUR"]
    quote = ann.expect(200, "POST", "/api/shipping/quotes", json={"items": [{"product_id": MUG, "quantity": 1}]})
    assert quote["cost_usd"]["units"] == 5
    ann.add(MUG, 2)
    order = ann.order()
    assert order["shipping_tracking_id"] == "ZZ-1-1"
    assert str(amount(order["items"][0]["cost"])) == "17.980000000"
    kept = ann.expect(200, "GET", f"/api/orders/{order['order_id']}")
    assert str(amount(kept["total"])) == "45.960000000"


def test_a_charge_is_theirs_under_the_order_s_own_name_with_a_deadline_and_no_principal(
    customer: Customers, them: Theirs
) -> None:
    ann = customer()
    ann.register()
    ann.sign_in()
    ann.add(MUG, 1)
    key, before = uuid4().hex, len(them.asked("Charge"))
    order = ann.order(key)
    assert ann.order(key) == order
    (charge,) = them.asked("Charge")[before:]
    assert (charge["units"], charge["code"]) == (27, "EUR")
    assert charge["metadata"]["request_id"] == order["order_id"]
    assert 0 < charge["remaining"] <= 60
    assert not [name for name in charge["metadata"] if "principal" in name or "authorization" in name]


def test_their_refusal_keeps_the_cart(customer: Customers) -> None:
    ann = customer()
    ann.add(MUG, 1)
    past = {**CARD, "credit_card_expiration_year": 2020}
    answer = ann.client.post("/api/orders", json=order_of(ann, credit_card=past))
    assert answer.status_code == 402, answer.text
    assert "expired on 1/2020" in answer.json()["detail"]
    assert ann.cart() == [(MUG, 1)]


def test_what_they_cannot_ship_is_unavailable_and_keeps_the_cart(customer: Customers) -> None:
    ann = customer()
    ann.add(MUG, 1)
    answer = ann.client.post("/api/orders", json=order_of(ann, address={**ADDRESS, "city": "Nowhere"}))
    assert answer.status_code == 503, answer.text
    assert "shipping error" in answer.json()["detail"]
    assert ann.cart() == [(MUG, 1)]
