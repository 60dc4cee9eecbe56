"""A shopper's story over REST: from the shop window to the history of what was ordered."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import uuid4

import pytest

from ..mailbox import Mailbox
from .people import ADMIN, ADMIN_PASSWORD, CLOSE, EUROS, JAR, MUG, PRICES, SHAKERS, SHIPPING, Customers, amount


def test_a_stranger_looks_around_over_rest(customer: Customers) -> None:
    ann = customer()
    products = ann.expect(200, "GET", "/api/products")["products"]
    assert len(products) == 9
    found = ann.expect(200, "GET", "/api/products/search?q=kitchen")["results"]
    assert [product["id"] for product in found] == [SHAKERS, JAR]
    price = found[0]["price_usd"]
    euros = ann.expect(200, "POST", "/api/currencies/convert", json={"from": price, "to_code": "EUR"})
    assert abs(amount(euros) - Decimal("16.355594870")) < CLOSE
    ads = ann.expect(200, "GET", "/api/ads?context_keys=kitchen")["ads"]
    assert [ad["redirect_url"] for ad in ads] == [f"/product/{JAR}", f"/product/{MUG}"]
    liked = ann.expect(200, "GET", f"/api/recommendations?product_ids={MUG}&product_ids={JAR}")["product_ids"]
    assert len(set(liked)) == 5
    assert not {MUG, JAR} & set(liked)
    items = [{"product_id": MUG, "quantity": 2}]
    assert amount(ann.expect(200, "POST", "/api/shipping/quotes", json={"items": items})["cost_usd"]) == SHIPPING
    assert amount(ann.expect(200, "POST", "/api/shipping/quotes", json={"items": []})["cost_usd"]) == 0


def test_a_stranger_becomes_a_customer_and_orders_once_over_rest(customer: Customers, mailbox: Mailbox) -> None:
    ann = customer()
    stranger = ann.user_id
    ann.add(MUG, 2)
    ann.add(SHAKERS, 1)
    ann.add(MUG, 1)
    assert ann.cart() == [(MUG, 3), (SHAKERS, 1)]

    account = ann.register()
    session = ann.sign_in()
    assert (session["token_type"], session["account_id"]) == ("Bearer", account["account_id"])
    assert ann.expect(200, "GET", "/api/accounts/me")["email"] == ann.email
    assert ann.cart() == [(MUG, 3), (SHAKERS, 1)]
    assert ann.expect(200, "GET", f"/api/carts/{stranger}")["items"] == [], "the cart came along"

    key = uuid4().hex
    order = ann.order(key)
    assert ann.cart() == []
    assert re.fullmatch(r"[A-Z]{2}-\d+-\d+", order["shipping_tracking_id"])
    assert [(line["item"]["product_id"], line["item"]["quantity"]) for line in order["items"]] == [
        (MUG, 3),
        (SHAKERS, 1),
    ]
    for line in order["items"]:
        assert line["cost"]["currency_code"] == "EUR"
        assert abs(amount(line["cost"]) - PRICES[line["item"]["product_id"]] * EUROS) < CLOSE
    assert abs(amount(order["shipping_cost"]) - SHIPPING * EUROS) < CLOSE

    ann.add(JAR, 1)
    assert ann.order(key) == order, "the same key, the same order"
    assert ann.cart() == [(JAR, 1)], "and nothing else happens"

    kept = ann.expect(200, "GET", f"/api/orders/{order['order_id']}")
    assert kept["items"] == order["items"]
    assert abs(amount(kept["total"]) - (3 * PRICES[MUG] + PRICES[SHAKERS] + SHIPPING) * EUROS) < CLOSE
    history = ann.expect(200, "GET", "/api/accounts/me/orders")["orders"]
    assert [(line["order_id"], line["pieces"], line["total"]) for line in history] == [
        (order["order_id"], 4, kept["total"])
    ]
    mail = mailbox.wait_for(ann.email)
    assert order["order_id"] in mail.text
    assert order["shipping_tracking_id"] in mail.text
    assert {part.get_content_type() for part in mail.message.walk()} >= {"text/plain", "text/html"}


def test_an_order_of_an_account_is_for_that_account_and_for_admins(customer: Customers) -> None:
    ann, bob, nobody, boss = (customer() for _ in range(4))
    for one in (ann, bob):
        one.register()
        one.sign_in()
    boss.email = ADMIN
    boss.sign_in(ADMIN_PASSWORD)
    ann.add(MUG, 1)
    order = f"/api/orders/{ann.order()['order_id']}"
    ann.add(JAR, 1)
    for path in (order, f"/api/carts/{ann.user_id}", f"/api/accounts/{ann.user_id}"):
        ann.expect(200, "GET", path)
        bob.expect(403, "GET", path)
        nobody.expect(401, "GET", path)
        boss.expect(200, "GET", path)
    for path in ("/api/accounts/me", "/api/accounts/me/orders"):
        nobody.expect(401, "GET", path)
        assert ann.email not in str(bob.expect(200, "GET", path))
    bob.expect(403, "DELETE", f"/api/carts/{ann.user_id}")
    nobody.expect(401, "POST", f"/api/carts/{ann.user_id}/items", json={"product_id": MUG, "quantity": 1})
    bob.order(status=403, user_id=ann.user_id)
    nobody.order(status=401, user_id=ann.user_id)
    assert ann.cart() == [(JAR, 1)]


def test_a_stranger_orders_without_an_account_and_finds_the_order_by_its_id(customer: Customers) -> None:
    ann = customer()
    ann.add(JAR, 1)
    order = ann.order(user_currency="")
    assert order["shipping_cost"] == {"currency_code": "USD", "units": 8, "nanos": 990000000}
    assert ann.expect(200, "GET", f"/api/orders/{order['order_id']}")["user_id"] == ann.user_id


def test_a_key_is_one_order_s_only(customer: Customers) -> None:
    ann, key = customer(), uuid4().hex
    ann.add(MUG, 1)
    order = ann.order(key)
    ann.add(MUG, 1)
    ann.order(key, status=422, email="another@example.com")
    assert ann.order(key)["order_id"] == order["order_id"]
    assert ann.order()["order_id"] != order["order_id"]


def test_an_empty_cart_is_no_order(customer: Customers) -> None:
    ann = customer()
    answer = ann.client.post("/api/orders", json={**_empty(ann.user_id), "email": ann.email})
    assert 400 <= answer.status_code < 500
    assert answer.json()["detail"] == "cart is empty"


@pytest.mark.parametrize("path", ["/api/payments", "/api/emails", "/api/charges"])
def test_payment_and_email_have_no_rest(customer: Customers, path: str) -> None:
    ann = customer()
    ann.expect(404, "GET", path)
    described = ann.expect(200, "GET", "/schema/openapi.json")["paths"]
    assert not [one for one in described if re.search("pay|charge|refund|mail", one)]


def _empty(user_id: str) -> dict[str, object]:
    from .people import ADDRESS, CARD

    return {"user_id": user_id, "address": ADDRESS, "credit_card": CARD}
