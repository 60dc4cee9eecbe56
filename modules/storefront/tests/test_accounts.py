"""Signing in, opening an account, changing it, and its orders."""

from __future__ import annotations

import httpx
import pytest

from app import Failure, Unauthenticated, Unavailable
from modules.accounts.contract import (
    EmailTaken,
    InvalidAccount,
    NoSuchAccount,
    NotYours,
    TooManyTries,
    WrongCredentials,
    WrongPassword,
)
from modules.cart.contract import CartItem
from modules.orders.contract import InvalidPage, OrderHistory

from .conftest import Neighbours
from .fakes import ONE_ORDER

PASSWORD = "correct horse battery staple"  # noqa: S105  # nobody's
DOOR = {"email": "ann@example.com", "password": PASSWORD}
DESK = {**DOOR, "name": "Ann"}
CHANGE = {"old_password": PASSWORD, "new_password": "another " + PASSWORD}


@pytest.fixture
def member(client: httpx.AsyncClient, token: str) -> httpx.AsyncClient:
    """Somebody who is signed in."""
    client.cookies.set("shop_token", token)
    return client


async def test_signing_in_takes_the_cart_along_and_sets_the_token(
    client: httpx.AsyncClient, neighbours: Neighbours, token: str
) -> None:
    await client.post("/cart", data={"product_id": "MUG", "quantity": "1"})
    anonymous = client.cookies["shop_session-id"]
    answer = await client.post("/signin", data=DOOR)
    assert (answer.status_code, answer.headers["location"]) == (302, "/account")
    (cookie,) = (cookie for cookie in answer.headers.get_list("set-cookie") if "shop_token" in cookie)
    assert cookie.startswith(f"shop_token={token};")
    for part in ("HttpOnly", "SameSite=lax", "Max-Age=3600", "Path=/"):
        assert part in cookie
    credentials = neighbours.accounts.credentials
    assert credentials is not None
    assert (credentials.email, credentials.cart) == ("ann@example.com", anonymous)
    assert client.cookies["shop_session-id"] != anonymous, "somebody else may know the one before"
    await client.post("/cart", data={"product_id": "MUG", "quantity": "2"})
    assert neighbours.carts.held[neighbours.accounts.account_id] == [CartItem("MUG", 2)]
    assert "Sign out" in (await client.get("/")).text


@pytest.mark.parametrize(
    ("next", "location"),
    [("/orders", "/orders"), ("//elsewhere.example", "/account"), ("https://elsewhere.example", "/account"),
     ("/\\elsewhere.example", "/account"), ("/a\r\nset-cookie: x=y", "/account"), ("", "/account")],
)  # fmt: skip
async def test_signing_in_leads_on_within_the_shop(client: httpx.AsyncClient, next: str, location: str) -> None:
    answer = await client.post("/signin", data={**DOOR, "next": next})
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert "x" not in client.cookies


@pytest.mark.parametrize("path", ["/signin", "/register"])
@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (WrongCredentials(), 422, "Email or password is wrong."),
        (TooManyTries(30), 429, "wait 30 seconds"),
        (InvalidAccount("email", "is strange"), 422, "This is strange."),
        (Unavailable("10.1.2.3"), 500, "could not sign you in"),
    ],
)
async def test_a_door_that_stays_shut_says_why(
    client: httpx.AsyncClient, neighbours: Neighbours, path: str, failure: Failure, status: int, words: str
) -> None:
    neighbours.accounts.failing["sign_in"] = failure
    page = await client.post(path, data=DESK)
    assert page.status_code == status
    assert words in page.text
    assert PASSWORD not in page.text
    assert "shop_token" not in client.cookies


@pytest.mark.parametrize(
    ("path", "field", "typed"),
    [
        ("/signin", "email", ""), ("/signin", "email", "nobody"), ("/signin", "email", "' OR 1=1 --"),
        ("/signin", "password", ""), ("/signin", "password", "x" * 201), ("/register", "name", ""),
        ("/register", "name", "x" * 101), ("/register", "name", "a\x07b"), ("/register", "email", "x"),
        ("/register", "password", "short"), ("/register", "password", ""),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_told_beside_it(
    client: httpx.AsyncClient, neighbours: Neighbours, path: str, field: str, typed: str
) -> None:
    page = await client.post(path, data={**DESK, field: typed})
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert PASSWORD not in page.text
    assert neighbours.accounts.asked == []


async def test_an_account_is_opened_and_signed_in_to(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    answer = await client.post("/register", data=DESK)
    assert answer.status_code == 302
    assert neighbours.accounts.registered is not None
    assert neighbours.accounts.registered.name == "Ann"
    assert "shop_token" in client.cookies


async def test_an_email_that_has_an_account_is_told_beside_its_field(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    neighbours.accounts.failing["register"] = EmailTaken()
    page = await client.post("/register", data=DESK)
    assert page.status_code == 422
    assert 'id="email-error"' in page.text
    assert 'value="ann@example.com"' in page.text


@pytest.mark.parametrize("path", ["/account", "/orders"])
async def test_strangers_are_led_to_the_door(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/signin?next={path}")
    assert f'name="next" value="{path}"' in (await client.get(answer.headers["location"])).text
    for change in ("/account", "/account/password"):
        assert (await client.post(change, data={"name": "x", **CHANGE})).status_code == 302


async def test_a_token_that_is_forged_or_has_expired_is_nobody_s(client: httpx.AsyncClient) -> None:
    answer = await client.get("/account", headers={"cookie": "shop_token=x.y.z"})
    assert answer.status_code == 302
    assert any(c.startswith("shop_token=") and "Max-Age=0" in c for c in answer.headers.get_list("set-cookie"))


async def test_a_profile_shows_who_it_is(member: httpx.AsyncClient) -> None:
    page = await member.get("/account")
    assert page.status_code == 200
    for text in ("Ann &lt;Example&gt;", "ann@example.com", "20 November 2026"):
        assert text in page.text


async def test_name_and_password_are_changed(member: httpx.AsyncClient, neighbours: Neighbours) -> None:
    answer = await member.post("/account", data={"name": "Ann Other"})
    assert answer.headers["location"] == "/account?saved=name"
    assert neighbours.accounts.name == "Ann Other"
    assert "Your name is changed." in (await member.get("/account?saved=name")).text
    answer = await member.post("/account/password", data=CHANGE)
    assert answer.headers["location"] == "/account?saved=password"
    assert neighbours.accounts.changed is not None
    assert neighbours.accounts.changed.new_password == CHANGE["new_password"]


@pytest.mark.parametrize(
    ("failure", "field", "status"),
    [
        (WrongPassword("old_password"), "old_password", 422),
        (InvalidAccount("new_password", "is too easy"), "new_password", 422),
        (TooManyTries(9), "old_password", 429),
    ],
)
async def test_a_password_that_is_not_changed_says_why(
    member: httpx.AsyncClient, neighbours: Neighbours, failure: Failure, field: str, status: int
) -> None:
    neighbours.accounts.failing["change_password"] = failure
    page = await member.post("/account/password", data=CHANGE)
    assert page.status_code == status
    assert f'id="{field}-error"' in page.text
    assert PASSWORD not in page.text


async def test_wrong_names_and_passwords_are_told(member: httpx.AsyncClient, neighbours: Neighbours) -> None:
    for path, form, field in (
        ("/account", {"name": ""}, "name"),
        ("/account", {"name": "x" * 101}, "name"),
        ("/account/password", {**CHANGE, "new_password": "short"}, "new_password"),
        ("/account/password", {}, "old_password"),
    ):
        page = await member.post(path, data=form)
        assert page.status_code == 422
        assert f'id="{field}-error"' in page.text
    assert neighbours.accounts.changed is None


async def test_an_account_that_is_gone_is_signed_out(member: httpx.AsyncClient, neighbours: Neighbours) -> None:
    neighbours.accounts.failing["get_me"] = NoSuchAccount("x")
    answer = await member.get("/account")
    assert (answer.status_code, answer.headers["location"]) == (302, "/signin?next=/account")
    assert any(c.startswith("shop_token=") and "Max-Age=0" in c for c in answer.headers.get_list("set-cookie"))


async def test_the_history_is_shown_page_by_page(member: httpx.AsyncClient, neighbours: Neighbours) -> None:
    assert "No orders yet" in (await member.get("/orders")).text
    neighbours.orders.history = OrderHistory((ONE_ORDER,), "a b&c")
    page = (await member.get("/orders")).text
    assert 'href="/orders/order-1"' in page
    assert "$27.97" in page
    assert 'href="/orders?after=a%20b%26c"' in page
    await member.get("/orders?after=a%20b%26c")
    assert neighbours.orders.after == "a b&c"


@pytest.mark.parametrize("after", ["x" * 201, "nonsense"])
async def test_a_page_of_the_history_that_cannot_be_is_told(
    member: httpx.AsyncClient, neighbours: Neighbours, after: str
) -> None:
    neighbours.orders.failing["list_my_orders"] = InvalidPage("after", "is no place in the history")
    assert (await member.get("/orders", params={"after": after})).status_code == 422


async def test_an_order_is_shown_with_what_the_catalogue_still_knows(client: httpx.AsyncClient) -> None:
    page = await client.get("/orders/order-1")
    assert page.status_code == 200
    for text in ("order-1", "QK-20-1041234567", "Mug", "OLD", "$27.97", "Laurasia"):
        assert text in page.text


@pytest.mark.parametrize(
    ("failure", "status"),
    [(NotYours("this order"), 403), (Unauthenticated("sign in"), 302)],
)
async def test_an_order_of_somebody_else_is_not_shown(
    client: httpx.AsyncClient, neighbours: Neighbours, failure: Failure, status: int
) -> None:
    neighbours.orders.failing["get_order"] = failure
    answer = await client.get("/orders/order-1")
    assert answer.status_code == status
    assert answer.headers.get("location", "/signin?next=/orders/order-1") == "/signin?next=/orders/order-1"


@pytest.mark.parametrize("id", ["nothing", "x" * 300, "%00", "%0d%0aset-cookie:x"])
async def test_an_order_that_is_not_there_is_told(client: httpx.AsyncClient, id: str) -> None:
    assert (await client.get(f"/orders/{id}")).status_code == 404
