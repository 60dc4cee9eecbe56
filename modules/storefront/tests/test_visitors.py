"""Cookies, redirects, and requests from other sites."""

from __future__ import annotations

import re

import httpx
import pytest

from modules.storefront.visitors import Visitor

from .conftest import Neighbours

UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


async def test_whoever_comes_without_a_session_is_given_one(client: httpx.AsyncClient) -> None:
    (cookie,) = (await client.get("/")).headers.get_list("set-cookie")
    assert re.match(f"shop_session-id={UUID4};", cookie)
    for part in ("HttpOnly", "Path=/", "SameSite=lax", "Max-Age=172800"):
        assert part in cookie
    assert "Secure" not in cookie, "this came by plain http"
    assert "set-cookie" not in (await client.get("/")).headers, "once is enough"


@pytest.mark.parametrize("session", ["acct_" + "0" * 32, "x" * 65, "a b", "<b>", ""])
async def test_a_session_that_cannot_be_is_replaced(
    client: httpx.AsyncClient, neighbours: Neighbours, session: str
) -> None:
    form = {"product_id": "MUG", "quantity": "1"}
    answer = await client.post("/cart", data=form, headers={"cookie": f"shop_session-id={session}"})
    assert "shop_session-id=" in answer.headers["set-cookie"]
    assert session not in neighbours.carts.held


async def test_sessions_of_other_shops_are_kept(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    form = {"product_id": "MUG", "quantity": "1"}
    answer = await client.post("/cart", data=form, headers={"cookie": "shop_session-id=abc-1"})
    assert "set-cookie" not in answer.headers
    assert "abc-1" in neighbours.carts.held


async def test_a_chosen_currency_is_remembered(client: httpx.AsyncClient) -> None:
    await client.get("/")
    answer = await client.post("/setCurrency", data={"currency_code": "EUR"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert answer.headers["set-cookie"].startswith("shop_currency=EUR;")
    assert "Max-Age=172800" in answer.headers["set-cookie"]
    assert "€16.00" in (await client.get("/")).text


@pytest.mark.parametrize("code", ["", "XXX", "eur", "EURO", "<b>", "€", "\x00"])
async def test_a_currency_that_cannot_be_is_told(client: httpx.AsyncClient, code: str) -> None:
    page = await client.post("/setCurrency", data={"currency_code": code})
    assert page.status_code == 422
    assert "currency_code" in page.text
    assert "shop_currency" not in client.cookies


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        ("{own}/product/MUG", "/product/MUG"),
        ("{own}/search?q=a%20b", "/search?q=a%20b"),
        ("{own}/cart/checkout", "/cart"),
        ("{own}/setCurrency", "/"),
        ("{own}", "/"),
        ("{own}//elsewhere.example/", "/"),
        ("{own}/\\elsewhere.example", "/"),
        ("https://elsewhere.example/product/MUG", "/"),
        ("{own}@elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
async def test_the_way_back_never_leads_elsewhere(client: httpx.AsyncClient, referer: str, location: str) -> None:
    own = str(client.base_url).rstrip("/")
    headers = {"referer": referer.replace("{own}", own)}
    answer = await client.post("/setCurrency", data={"currency_code": "EUR"}, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, location)


ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize(
    "path",
    ["/cart", "/cart/empty", "/cart/checkout", "/setCurrency", "/signin", "/register", "/account", "/account/password"],
)
async def test_other_sites_change_nothing_here(
    client: httpx.AsyncClient, neighbours: Neighbours, path: str, headers: dict[str, str]
) -> None:
    page = await client.post(path, data={"product_id": "MUG", "quantity": "1"}, headers=headers)
    assert page.status_code == 403
    assert neighbours.carts.asked == []


async def test_other_sites_may_lead_here_but_not_sign_anybody_out(client: httpx.AsyncClient) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert (await client.get("/", headers=elsewhere)).status_code == 200
    assert (await client.get("/logout", headers=elsewhere)).status_code == 403


async def test_our_own_forms_pass(client: httpx.AsyncClient) -> None:
    own = str(client.base_url).rstrip("/")
    for headers in ({"sec-fetch-site": "same-origin", "origin": own}, {"origin": own}, {"sec-fetch-site": "none"}):
        assert (await client.post("/cart/empty", headers=headers)).status_code == 302


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://shop.example", "shop.example:80", 302),
        ("https://Shop.example", "shop.example:443", 302),
        ("https://shop.example:8443", "shop.example:8443", 302),
        ("https://shop.example", "shop.example:80", 403),
        ("http://shop.example:8080", "shop.example", 403),
        ("ftp://shop.example", "shop.example", 403),
    ],
)
async def test_the_usual_port_goes_without_saying(
    client: httpx.AsyncClient, origin: str, host: str, status: int
) -> None:
    headers = {"origin": origin, "host": host}
    assert (await client.post("/cart/empty", headers=headers)).status_code == status


async def test_leaving_takes_all_cookies_away(client: httpx.AsyncClient) -> None:
    await client.get("/")
    await client.post("/setCurrency", data={"currency_code": "EUR"})
    answer = await client.get("/logout")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert {cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")} == {
        "shop_session-id", "shop_currency", "shop_token",
    }  # fmt: skip
    assert not client.cookies


async def test_pages_are_neither_kept_nor_framed_and_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    for path in ("/", "/product/NOTHING", "/account"):
        headers = (await client.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_cookies_that_came_by_https_stay_there() -> None:
    for https in (True, False):
        visitor = Visitor("session", "USD", "", https, "/")
        visitor.keep("shop_token", "x", 60)
        assert visitor.cookies[0].secure is https
