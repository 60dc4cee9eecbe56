"""The way out of the shop: an order, once; or everything that is wrong with it."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from app import Failure, Internal, Unavailable
from modules.checkout.contract import (
    BeingPlaced,
    CartEmpty,
    ChargeFailed,
    ChargeRefused,
    InvalidOrder,
    KeyReused,
    NotPrepared,
    ProductGone,
    ShippingFailed,
)
from modules.shipping.contract import Address

from .conftest import Neighbours

CARD, CVV = "4432 8015 6152 0454", "6729"
FORM = {
    "email": "ann@example.com",
    "street_address": "1600 Amphitheatre Parkway",
    "zip_code": "00501",
    "city": "Mountain View",
    "state": "CA",
    "country": "United States",
    "credit_card_number": CARD,
    "credit_card_expiration_month": "1",
    "credit_card_expiration_year": "2039",
    "credit_card_cvv": CVV,
}


@pytest.fixture
async def shopper(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody with two mugs in the cart."""
    await client.post("/cart", data={"product_id": "MUG", "quantity": "2"})
    return client


async def test_an_order_is_confirmed_with_its_numbers_its_lines_and_its_total(
    shopper: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    page = await shopper.post("/cart/checkout", data=FORM)
    assert page.status_code == 200
    for text in ("order-1", "QK-20-1041234567", "Mug", "$17.98", "$26.97", "ann@example.com", "Mountain View"):
        assert text in page.text
    address = Address("1600 Amphitheatre Parkway", "Mountain View", "CA", "United States", 501)
    assert neighbours.checkout.placed == [(shopper.cookies["shop_session-id"], address, "ann@example.com", "USD")]


async def test_clients_that_send_no_name_for_the_form_order_without_one(
    shopper: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    await shopper.post("/cart/checkout", data=FORM)
    assert neighbours.checkout.keys == [None]


async def test_each_form_has_a_name_of_its_own_and_orders_under_it(
    shopper: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    first, second = _key((await shopper.get("/cart")).text), _key((await shopper.get("/cart")).text)
    assert first != second
    for _ in range(2):
        await shopper.post("/cart/checkout", data={**FORM, "request_id": first})
    assert neighbours.checkout.keys == [first, first]


async def test_a_second_click_waits_for_the_first_one_s_order(
    shopper: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    neighbours.checkout.first = [BeingPlaced(), BeingPlaced()]
    page = await shopper.post("/cart/checkout", data={**FORM, "request_id": "k1"})
    assert page.status_code == 200
    assert neighbours.checkout.keys == ["k1"] * 3


async def test_an_order_that_takes_too_long_says_so(shopper: httpx.AsyncClient, neighbours: Neighbours) -> None:
    neighbours.checkout.failing["place_order"] = BeingPlaced()
    page = await shopper.post("/cart/checkout", data={**FORM, "request_id": "k1"})
    assert page.status_code == 500
    assert "still placing your order" in page.text
    assert len(neighbours.checkout.keys) == 20


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", ""), ("email", "nobody"), ("email", "a@b@c"), ("email", "x" * 255 + "@example.com"),
        ("email", "<b>@example.com"), ("email", "ann@example.com\nbcc: all@example.com"),
        ("street_address", ""), ("street_address", "  "), ("street_address", "x" * 513), ("street_address", "a\x00b"),
        ("zip_code", ""), ("zip_code", "0"), ("zip_code", "-5"), ("zip_code", "1.0"), ("zip_code", "2147483648"),
        ("zip_code", "NaN"), ("zip_code", "AB1 2CD"), ("city", "x" * 129), ("state", "x" * 129), ("state", ""),
        ("country", "x" * 129), ("country", "\u202ecountry"), ("credit_card_number", ""),
        ("credit_card_number", "4432-8015-6152-0454"), ("credit_card_number", "4432 8015 6152 0455"),
        ("credit_card_number", "4" * 200), ("credit_card_number", "٤٤٣٢"), ("credit_card_expiration_month", "0"),
        ("credit_card_expiration_month", "13"), ("credit_card_expiration_year", "39"),
        ("credit_card_expiration_year", "20390"), ("credit_card_cvv", "0"), ("credit_card_cvv", "12345"),
        ("credit_card_cvv", ""),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_told_beside_it_and_nothing_is_ordered(
    shopper: httpx.AsyncClient, neighbours: Neighbours, field: str, typed: str
) -> None:
    page = await shopper.post("/cart/checkout", data={**FORM, field: typed})
    assert page.status_code == 422
    assert re.findall(r'class="error" id="([a-z_]+)-error"', page.text) == [field]
    assert f'href="#{field}"' in page.text
    assert neighbours.checkout.keys == []


async def test_everything_wrong_is_told_at_once_and_what_was_typed_is_kept(shopper: httpx.AsyncClient) -> None:
    key = _key((await shopper.get("/cart")).text)
    typed = {**FORM, "city": '"><script>alert(1)</script>', "zip_code": "x", "email": "", "request_id": key}
    page = (await shopper.post("/cart/checkout", data=typed)).text
    assert re.findall(r'class="error" id="([a-z_]+)-error"', page) == ["email", "zip_code"]
    assert 'value="1600 Amphitheatre Parkway"' in page
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page
    assert _key(page) == key, "it was never sent on"
    assert "autofocus" in page


async def test_neither_the_card_s_number_nor_its_code_is_ever_shown_again(shopper: httpx.AsyncClient) -> None:
    page = (await shopper.post("/cart/checkout", data={**FORM, "email": ""})).text
    for secret in (CARD, CARD.replace(" ", "")):
        assert secret not in page
    assert re.search(rf"(?<![\w-]){CVV}(?![\w-])", page) is None, "by itself: four digits stand in many an id"


@pytest.mark.parametrize(
    ("refusal", "field", "words"),
    [
        (
            ChargeRefused("credit_card", "Credit card info is invalid"),
            "credit_card_number",
            "Credit card info is invalid.",
        ),
        (InvalidOrder("address.zip_code", "must be a positive number"), "zip_code", "This must be a positive number."),
        (InvalidOrder("user_currency", "is strange"), "", "This is strange."),
        (CartEmpty(), "", "nothing to order"),
        (ProductGone("MUG"), "", "not sold any more"),
        (KeyReused(), "", "for another order"),
    ],
)
async def test_what_the_shopper_can_mend_is_told_with_the_cart_kept(
    shopper: httpx.AsyncClient, neighbours: Neighbours, refusal: Failure, field: str, words: str
) -> None:
    neighbours.checkout.failing["place_order"] = refusal
    page = await shopper.post("/cart/checkout", data={**FORM, "request_id": "used"})
    assert page.status_code == 422
    assert words in page.text
    assert (f'id="{field}-error"' in page.text) == bool(field)
    assert "$17.98" in page.text
    assert _key(page.text) != "used"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (NotPrepared("shipping quote failure", "10.1.2.3 refused"), "shipping quote failure"),
        (ChargeFailed("10.1.2.3 refused"), "failed to charge card"),
        (ShippingFailed("10.1.2.3 refused"), "shipping error"),
        (Internal("10.1.2.3 refused"), "failed to complete the order"),
        (Unavailable("10.1.2.3 refused"), "could not reach the checkout"),
    ],
)
async def test_a_failure_names_its_step_and_nothing_behind_it(
    shopper: httpx.AsyncClient, neighbours: Neighbours, failure: Failure, words: str
) -> None:
    neighbours.checkout.failing["place_order"] = failure
    page = await shopper.post("/cart/checkout", data=FORM)
    assert page.status_code == 500
    assert words in page.text
    assert "10.1.2.3" not in page.text


@pytest.mark.parametrize(
    ("why", "kept"),
    [
        (ChargeFailed("no answer"), True),
        (Unavailable("gone"), True),
        (NotPrepared("cart failure", "gone"), False),
        (ShippingFailed("no trucks"), False),
    ],
)
async def test_who_tries_again_where_a_card_may_be_charged_does_so_under_the_same_name(
    shopper: httpx.AsyncClient, neighbours: Neighbours, why: Failure, kept: bool
) -> None:
    key = _key((await shopper.get("/cart")).text)
    neighbours.checkout.failing["place_order"] = why
    page = (await shopper.post("/cart/checkout", data={**FORM, "request_id": key})).text
    (back,) = set(re.findall(r'href="(/cart[^"]*)">Your cart', page))
    assert (back == f"/cart?again={key}") is kept
    assert (_key((await shopper.get(back)).text) == key) is kept


@pytest.mark.parametrize("again", ["", "a b", '"><b>', "x" * 65])
async def test_no_form_gets_a_name_that_cannot_be_or_comes_from_elsewhere(
    shopper: httpx.AsyncClient, again: str
) -> None:
    assert re.fullmatch("[0-9a-f]{32}", _key((await shopper.get("/cart", params={"again": again})).text))
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert _key((await shopper.get("/cart", params={"again": "theirs"}, headers=elsewhere)).text) != "theirs"


async def test_a_form_s_name_that_cannot_be_is_replaced(shopper: httpx.AsyncClient) -> None:
    page = await shopper.post("/cart/checkout", data={**FORM, "request_id": '"><b>'})
    assert page.status_code == 422
    assert re.fullmatch(r"[0-9a-f]{32}", _key(page.text))


async def test_a_confirmation_needs_neither_catalogue_nor_currencies(
    shopper: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    neighbours.catalog.failing["get_product"] = Unavailable("down")
    page = await shopper.post("/cart/checkout", data=FORM)
    assert page.status_code == 200
    assert "order-1" in page.text
    assert "MUG" in page.text


async def test_the_checkout_is_only_posted_to(client: httpx.AsyncClient) -> None:
    assert (await client.get("/cart/checkout")).status_code == 405


async def test_two_clicks_at_once_each_get_the_order(shopper: httpx.AsyncClient) -> None:
    form = {**FORM, "request_id": "twice"}
    pages = await asyncio.gather(*(shopper.post("/cart/checkout", data=form) for _ in range(2)))
    assert [page.status_code for page in pages] == [200, 200]


def _key(page: str) -> str:
    found = re.search(r'name="request_id" value="([^"]*)"', page)
    assert found
    return found[1]
