"""What nobody should send over gRPC: each wrong field is an INVALID_ARGUMENT that names it, and nothing breaks."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import grpc
import pytest

from ..stubs import Stubs
from .people import ADDRESS, CARD, MUG

PAST = {**CARD, "credit_card_expiration_year": 2020}
LINE = {"product_id": MUG, "quantity": 1}
ORDER = {"user_id": "u", "user_currency": "EUR", "address": ADDRESS, "email": "a@example.com", "credit_card": CARD}
USD = {"currency_code": "USD", "units": 1}
RESULT = {"order_id": "x", "shipping_tracking_id": "x", "shipping_cost": USD, "shipping_address": ADDRESS}

WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("Cart", "AddItem", {"user_id": "u"}, "item"),
    ("Cart", "AddItem", {"item": LINE}, "user_id"),
    ("Cart", "AddItem", {"user_id": "u", "item": {"quantity": 1}}, "product_id"),
    *(
        ("Cart", "AddItem", {"user_id": "u", "item": {**LINE, "quantity": quantity}}, "quantity")
        for quantity in (0, -1, 1001, 2**31 - 1)
    ),
    ("Cart", "AddItem", {"user_id": "u" * 10_000, "item": LINE}, "user_id"),
    ("Cart", "AddItem", {"user_id": "u\x00", "item": LINE}, "user_id"),
    ("Currency", "Convert", {"to_code": "EUR"}, "from"),
    ("Currency", "Convert", {"from": USD, "to_code": "XYZ"}, "XYZ"),
    ("Currency", "Convert", {"from": {**USD, "nanos": -1}, "to_code": "EUR"}, "nanos"),
    ("Currency", "Convert", {"from": {**USD, "nanos": 10**9}, "to_code": "EUR"}, "nanos"),
    ("Shipping", "ShipOrder", {}, "address"),
    ("Shipping", "ShipOrder", {"address": {**ADDRESS, "city": "x" * 10_000}}, "city"),
    ("Shipping", "GetQuote", {"items": [{**LINE, "quantity": -1}]}, "quantity"),
    ("Payment", "Charge", {"amount": USD}, "credit_card"),
    ("Payment", "Charge", {"credit_card": CARD}, "amount"),
    ("Payment", "Charge", {"amount": {**USD, "units": -1}, "credit_card": CARD}, "units"),
    ("Payment", "Charge", {"amount": USD, "credit_card": PAST}, "ending 0454"),
    ("Payment", "Charge", {"amount": USD, "credit_card": {**CARD, "credit_card_number": "1"}}, "invalid"),
    ("Payment", "Charge", {"amount": USD, "credit_card": {**CARD, "credit_card_number": "378282246310005"}}, "amex"),
    ("Payment", "Charge", {"amount": USD, "credit_card": {**CARD, "credit_card_expiration_month": 13}}, "month"),
    ("Email", "SendOrderConfirmation", {"email": "a@example.com"}, "order"),
    ("Email", "SendOrderConfirmation", {"email": "a@example.com\r\nBcc: b@example.com", "order": RESULT}, "email"),
    ("Checkout", "PlaceOrder", {}, "address"),
    *(("Checkout", "PlaceOrder", {n: v for n, v in ORDER.items() if n != name}, name)
      for name in ("user_id", "address", "email", "credit_card")),
    ("Checkout", "PlaceOrder", {**ORDER, "email": "nobody"}, "email"),
    ("Checkout", "PlaceOrder", {**ORDER, "user_currency": "€"}, "user_currency"),
    ("Checkout", "PlaceOrder", {**ORDER, "address": {**ADDRESS, "country": "x" * 129}}, "country"),
    ("Checkout", "PlaceOrder", {**ORDER, "address": {**ADDRESS, "zip_code": -1}}, "zip_code"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "method", "said", "field"), WRONG, ids=lambda given: str(given)[:40])
def test_a_wrong_field_is_an_invalid_argument_that_names_it(
    theirs: Stubs, service: str, method: str, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        theirs.call(service, method, said)
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT, failed.value.details()
    assert field in failed.value.details()
    assert "4432-8015" not in failed.value.details()


def test_a_refused_card_is_the_checkout_s_internal_and_keeps_the_cart(theirs: Stubs) -> None:
    user_id = str(uuid4())
    theirs.call("Cart", "AddItem", {"user_id": user_id, "item": LINE})
    with pytest.raises(grpc.RpcError) as failed:
        theirs.call("Checkout", "PlaceOrder", {**ORDER, "user_id": user_id, "credit_card": PAST})
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    said = "failed to charge card: could not charge the card: Your credit card (ending 0454) expired on 1/2020"
    assert failed.value.details() == said
    assert theirs.call("Cart", "GetCart", {"user_id": user_id}).items


def test_an_unknown_product_is_not_found_by_its_id(theirs: Stubs) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        theirs.call("ProductCatalog", "GetProduct", {"id": "x"})
    assert (failed.value.code(), failed.value.details()) == (grpc.StatusCode.NOT_FOUND, "no product with ID x")


def test_invalid_bytes_are_an_invalid_argument(theirs: Stubs) -> None:
    for method in ("ProductCatalogService/GetProduct", "CheckoutService/PlaceOrder", "PaymentService/Charge"):
        with pytest.raises(grpc.RpcError) as failed:
            theirs.channel.unary_unary(f"/hipstershop.{method}")(b"\x0a\xff\xff\xff\xff\xff", timeout=30)
        assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    "path",
    [
        "/hipstershop.ProductCatalogService/Nothing",
        "/hipstershop.Nothing/GetProduct",
        "/orders.OrderBook/Record",
        "/pangaea.orders.OrderBook/Record",
    ],
)
def test_an_unknown_method_is_unimplemented_and_an_internal_one_is_unknown(theirs: Stubs, path: str) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        theirs.channel.unary_unary(path)(b"", timeout=30)
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED
