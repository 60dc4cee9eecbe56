"""A shopper's story over pages: forms, cookies and redirects, as a browser without scripts has them."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from ..mailbox import Mailbox
from .people import ADDRESS, CARD, JAR, MUG, PASSWORD, SHAKERS, Browsers, somebody

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
FORM = {**ADDRESS, **CARD, "credit_card_number": "4432 8015 6152 0454", "email": "someone@example.com"}


def page(answer: httpx.Response, status: int = 200) -> str:
    """What a page says, without its markup."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def sent(answer: httpx.Response, to: str) -> None:
    assert (answer.status_code, answer.headers.get("location")) == (302, to), answer.text


def test_a_stranger_looks_around_on_pages(browser: Browsers) -> None:
    ann = browser()
    home = page(ann.get("/"))
    for name in ("Sunglasses", "Salt & Pepper Shakers", "Mug"):
        assert name in home
    assert re.fullmatch(UUID, ann.cookies["shop_session-id"])
    session = ann.cookies["shop_session-id"]
    assert "$18.49" in page(ann.get(f"/product/{SHAKERS}"))
    sent(ann.post("/setCurrency", data={"currency_code": "EUR"}, headers={"referer": f"{ann.base_url}/cart"}), "/cart")
    assert ann.cookies["shop_currency"] == "EUR"
    assert "€16.35" in page(ann.get(f"/product/{SHAKERS}"))
    found = page(ann.get("/search", params={"q": "kitchen"}))
    assert "Bamboo Glass Jar" in found
    assert "Loafers" not in found
    assert ann.cookies["shop_session-id"] == session


def test_a_stranger_becomes_a_customer_and_orders_on_pages(browser: Browsers, mailbox: Mailbox) -> None:
    ann, email = browser(), somebody()
    page(ann.get("/"))
    sent(ann.post("/cart", data={"product_id": MUG, "quantity": 2}), "/cart")
    sent(ann.post("/cart", data={"product_id": JAR, "quantity": 1}), "/cart")
    cart = page(ann.get("/cart"))
    for text in ("Mug", "$17.98", "Bamboo Glass Jar", "$5.49", "$8.99"):
        assert text in cart

    assert ann.post("/register", data={"name": "Ann", "email": email, "password": PASSWORD}).status_code == 302
    assert email in page(ann.get("/account"))
    assert "$17.98" in page(ann.get("/cart")), "the cart came along"

    form = {**FORM, "email": email, "request_id": _form_id(ann.get("/cart").text)}
    confirmation = page(ann.post("/cart/checkout", data=form))
    order_id = re.search(UUID, confirmation)
    assert order_id is not None
    for text in (re.search(r"[A-Z]{2}-\d+-\d+", confirmation), re.search(r"\$32\.46", confirmation)):
        assert text is not None, confirmation
    assert re.search(UUID, page(ann.post("/cart/checkout", data=form)))[0] == order_id[0], (
        "a second click orders nothing"
    )
    assert "$17.98" not in page(ann.get("/cart"))
    assert "$32.46" in page(ann.get("/orders"))
    assert order_id[0] in page(ann.get(f"/orders/{order_id[0]}"))
    assert order_id[0] in mailbox.wait_for(email).text

    sent(ann.get("/logout"), "/")
    assert not ann.cookies
    sent(ann.get("/orders"), "/signin?next=/orders")
    page(ann.get(f"/orders/{order_id[0]}"), ann.get(f"/orders/{order_id[0]}").status_code)
    assert ann.get(f"/orders/{order_id[0]}").status_code in (302, 401, 403)
    wrong = {"email": email, "password": "something else"}
    assert "wrong" in page(ann.post("/signin", data=wrong), 422)
    sent(ann.post("/signin", data={**wrong, "password": PASSWORD, "next": "/orders"}), "/orders")
    assert "$32.46" in page(ann.get("/orders"))


def test_a_client_that_knows_only_the_original_s_fields_orders_too(browser: Browsers) -> None:
    ann = browser()
    ann.get("/")
    ann.post("/cart", data={"product_id": MUG, "quantity": 3})
    confirmation = page(ann.post("/cart/checkout", data=FORM))
    assert re.search(UUID, confirmation)
    assert "$35.96" in confirmation
    sent(ann.post("/cart/empty"), "/")
    assert ann.get("/_healthz").text == "ok"
    meta = ann.get(f"/product-meta/{MUG}").json()
    assert (meta["id"], meta["price_usd"]) == (MUG, {"currency_code": "USD", "units": 8, "nanos": 990000000})


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("email", "nobody"),
        ("email", ""),
        ("street_address", "x" * 513),
        ("zip_code", "0"),
        ("zip_code", "9" * 30),
        ("zip_code", "NaN"),
        ("city", ""),
        ("state", "x" * 129),
        ("country", "\x00"),
        ("credit_card_number", "4432 8015 6152 0455"),
        ("credit_card_number", "<script>alert(1)</script>"),
        ("credit_card_expiration_month", "13"),
        ("credit_card_expiration_year", "1999"),
        ("credit_card_cvv", "0"),
        ("credit_card_cvv", "-1"),
    ],
)
def test_a_wrong_field_of_the_checkout_s_form_is_turned_back(browser: Browsers, field: str, wrong: str) -> None:
    ann = browser()
    ann.get("/")
    ann.post("/cart", data={"product_id": MUG, "quantity": 1})
    answer = ann.post("/cart/checkout", data={**FORM, field: wrong})
    page(answer, 422)
    assert "<script>alert" not in answer.text
    assert "$8.99" in page(ann.get("/cart")), "the cart is kept"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/cart", {"product_id": MUG, "quantity": "11"}),
        ("/cart", {"product_id": MUG, "quantity": "-1"}),
        ("/cart", {"product_id": MUG, "quantity": "1e9"}),
        ("/cart", {"quantity": "1"}),
        ("/setCurrency", {"currency_code": "XXX"}),
        ("/setCurrency", {}),
        ("/register", {"name": "x", "email": "x@example.com", "password": "short"}),
        ("/signin", {"email": "'; DROP TABLE accounts; --", "password": PASSWORD}),
    ],
)
def test_a_wrong_form_is_turned_back(browser: Browsers, path: str, form: dict[str, str]) -> None:
    page(browser().post(path, data=form), 422)


@pytest.mark.parametrize(("path", "status"), [("/product/nothing", (404, 500)), ("/nothing", (404,))])
def test_what_is_not_there_is_a_page_too(browser: Browsers, path: str, status: tuple[int, ...]) -> None:
    answer = browser().get(path)
    assert answer.status_code in status
    page(answer, answer.status_code)


def _form_id(text: str) -> str:
    """The hidden field by which the cart's form is known."""
    tag = re.search(r'<input[^>]*name="request_id"[^>]*>', text)
    assert tag is not None
    value = re.search(r'value="([^"]+)"', tag[0])
    assert value is not None
    return value[1]
