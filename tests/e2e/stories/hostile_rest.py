"""What nobody should send over REST: each wrong field gets a 4xx that names it, and nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest

from .people import ADDRESS, CARD, MUG, PASSWORD, Customers, order_of

HOSTILE = "<script>alert(1)</script>'; DROP TABLE orders; --"


def _card(**changes: Any) -> dict[str, Any]:
    return {"credit_card": {**CARD, **changes}}


def _address(**changes: Any) -> dict[str, Any]:
    return {"address": {**ADDRESS, **changes}}


ORDERS: list[tuple[dict[str, Any], str]] = [
    ({"user_id": ""}, "user_id"),
    ({"user_id": "x" * 10_000}, "user_id"),
    ({"user_id": 7}, "user_id"),
    ({"user_currency": "XXX"}, "user_currency"),
    ({"user_currency": HOSTILE}, "user_currency"),
    ({"email": ""}, "email"),
    ({"email": HOSTILE}, "email"),
    ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
    ({"email": f"{'a' * 250}@example.com"}, "email"),
    ({"address": None}, "address"),
    (_address(street_address="x" * 513), "street_address"),
    (_address(city="\x00"), "city"),
    (_address(state="x" * 129), "state"),
    (_address(country="\u202e\n"), "country"),
    (_address(zip_code=-1), "zip_code"),
    (_address(zip_code=10**30), "zip_code"),
    (_address(zip_code="94043"), "zip_code"),
    (_address(planet="Mars"), "planet"),
    ({"credit_card": {}}, "credit_card"),
    (_card(credit_card_cvv="672"), "credit_card_cvv"),
    (_card(credit_card_expiration_year=1.5), "credit_card_expiration_year"),
    (_card(credit_card_expiration_month=10**12), "credit_card_expiration_month"),
    ({"tip": 1}, "tip"),
]
REFUSED_CARDS: list[dict[str, Any]] = [
    {"credit_card_number": "4432-8015-6152-0455"},
    {"credit_card_number": "378282246310005"},
    {"credit_card_number": "9" * 10_000},
    {"credit_card_expiration_year": 2020},
    {"credit_card_expiration_month": 0},
]


@pytest.mark.parametrize(("changes", "field"), ORDERS, ids=lambda given: str(given)[:40])
def test_a_wrong_field_of_an_order_is_a_4xx_that_names_it(
    customer: Customers, changes: dict[str, Any], field: str
) -> None:
    ann = customer()
    if "user_id" not in changes:
        ann.add(MUG, 1)
    answer = ann.client.post("/api/orders", json=order_of(ann, **changes))
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert field in answer.text
    assert "4432-8015" not in answer.text
    if "user_id" not in changes:
        assert ann.cart() == [(MUG, 1)]


@pytest.mark.parametrize("card", REFUSED_CARDS, ids=lambda card: str(card)[:40])
def test_a_card_that_is_refused_is_a_4xx_and_keeps_the_cart(customer: Customers, card: dict[str, Any]) -> None:
    ann = customer()
    ann.add(MUG, 1)
    answer = ann.client.post("/api/orders", json=order_of(ann, **_card(**card)))
    assert 400 <= answer.status_code < 500, answer.text
    assert "credit_card" in answer.text
    assert str(card.get("credit_card_number", "4432-8015-6152-0454")) not in answer.text
    assert ann.cart() == [(MUG, 1)]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/accounts", {"email": "nobody", "password": PASSWORD, "name": "x"}, 400),
        ("/api/accounts", {"email": "a@example.com", "password": "short", "name": "x"}, 400),
        ("/api/accounts", {"email": "a@example.com", "password": "x" * 100_000, "name": "x"}, 400),
        ("/api/accounts", {"email": "a@example.com", "password": PASSWORD, "name": "\x00"}, 400),
        ("/api/accounts", {"email": "a@example.com", "password": PASSWORD}, 400),
        ("/api/sessions", {"email": HOSTILE, "password": PASSWORD}, 401),
        ("/api/sessions", {"email": "a@example.com", "password": 12}, 400),
        ("/api/shipping/quotes", {"items": [{"product_id": MUG, "quantity": -1}]}, 400),
        ("/api/shipping/quotes", {"items": [{"product_id": MUG, "quantity": 10**20}]}, 400),
        ("/api/shipping/quotes", {"items": "all"}, 400),
        ("/api/carts/x/items", {"product_id": "x" * 10_000, "quantity": 1}, 400),
        ("/api/carts/x/items", {"product_id": MUG, "quantity": 0}, 400),
        ("/api/orders", [], 400),
        ("/api/orders", None, 400),
    ],
)
def test_a_wrong_body_is_a_problem_of_its_sender(customer: Customers, path: str, body: Any, status: int) -> None:
    answer = customer().client.post(path, json=body)
    assert answer.status_code in ({status} if status == 400 else {400, status}), answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("key", ["x" * 201, "x" * 5000, "a\tb"])
def test_a_key_that_nobody_can_keep_is_refused_by_name(customer: Customers, key: str) -> None:
    ann = customer()
    ann.add(MUG, 1)
    answer = ann.client.post("/api/orders", json=order_of(ann), headers={"idempotency-key": key})
    assert answer.status_code == 400, answer.text
    assert ann.cart() == [(MUG, 1)]


@pytest.mark.parametrize("token", ["x", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer " + "x" * 5000])
def test_a_token_that_is_none_is_a_401_everywhere(customer: Customers, token: str) -> None:
    client = customer().client
    for path in ("/api/accounts/me", "/api/products", "/api/carts/x"):
        assert client.get(path, headers={"authorization": token}).status_code == 401
