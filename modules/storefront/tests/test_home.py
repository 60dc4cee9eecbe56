"""The shop window and the search."""

from __future__ import annotations

import httpx
import pytest

from modules.ads.contract import Ad
from modules.storefront.prices import Clock

from .conftest import Neighbours


class Standing(Clock):
    """Stands still until it is set."""

    moment = 0.0

    def now(self) -> float:
        return self.moment


async def test_the_first_page_shows_every_product_with_its_price(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for text in ("Mug", "$8.99", "Watch", "$109.99", "/product/MUG"):
        assert text in page.text


async def test_what_the_catalogue_says_is_text_and_no_markup(client: httpx.AsyncClient) -> None:
    for path in ("/", "/product/ODD", "/search?q=odd"):
        page = (await client.get(path)).text
        assert "&lt;b&gt;Odd &amp; Co&lt;/b&gt;" in page
        assert "<b>Odd" not in page
        assert "<script>" not in page


async def test_pictures_are_the_shop_s_own_whatever_the_catalogue_says(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert 'src="/static/img/products/mug.svg?v=' in page
    assert 'src="/static/img/products/neutral.svg?v=' in page
    assert "elsewhere.example" not in page


async def test_head_answers_as_get_does_without_the_page(client: httpx.AsyncClient) -> None:
    for path in ("/", "/product/MUG", "/cart"):
        answer = await client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_prices_are_converted_side_by_side(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    client.cookies.set("shop_currency", "EUR")
    page = (await client.get("/")).text
    assert "€16.00" in page
    assert neighbours.currency.asked.count("convert") == 3


async def test_the_list_of_currencies_is_remembered_for_a_while(neighbours: Neighbours) -> None:
    clock = Standing()
    host = neighbours.host({"modules.storefront.remember_currencies": 30.0}).replace(Clock, clock)
    async with host as host, httpx.AsyncClient(base_url=host.http) as client:
        for moment, times in ((0.0, 1), (29.0, 1), (30.0, 2), (31.0, 2)):
            clock.moment = moment
            await client.get("/")
            assert neighbours.currency.asked.count("get_supported_currencies") == times


async def test_the_menu_offers_six_currencies_in_their_order_and_the_chosen_one(client: httpx.AsyncClient) -> None:
    def offered(page: str) -> list[str]:
        return [line.split('"')[1] for line in page.splitlines() if "<option value=" in line]

    assert offered((await client.get("/")).text) == ["EUR", "USD", "JPY", "GBP", "TRY", "CAD"]
    client.cookies.set("shop_currency", "SEK")
    assert offered((await client.get("/")).text)[-1] == "SEK"


@pytest.mark.parametrize("cookie", ["XXX", "usd", "<b>", "E" * 500, ""])
async def test_a_currency_that_nobody_has_is_dollars(client: httpx.AsyncClient, cookie: str) -> None:
    page = await client.get("/", headers={"cookie": f"shop_currency={cookie}"})
    assert page.status_code == 200
    assert "$8.99" in page.text


async def test_an_ad_leads_to_a_page_of_ours_or_is_left_out(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    assert "second one free" in (await client.get("/")).text
    for url in ("javascript:alert(1)", "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""):
        neighbours.ads.ads = (Ad(url, "a bad one"),)
        assert "a bad one" not in (await client.get("/")).text
    neighbours.ads.ads = ()
    assert (await client.get("/")).status_code == 200


async def test_a_search_shows_what_was_found(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    page = (await client.get("/search", params={"q": " mug "})).text
    assert neighbours.catalog.sought == "mug"
    assert "$8.99" in page
    assert "$109.99" not in page
    assert 'value="mug"' in page


async def test_a_search_that_finds_nothing_says_so(client: httpx.AsyncClient) -> None:
    page = await client.get("/search", params={"q": "zeppelin"})
    assert page.status_code == 200
    assert "Nothing here goes by that name" in page.text


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "' OR 1=1 --", '"><img src=x onerror=alert(1)>'])
async def test_a_hostile_search_is_shown_as_text(client: httpx.AsyncClient, query: str) -> None:
    page = await client.get("/search", params={"q": query})
    assert page.status_code == 200
    assert query not in page.text


@pytest.mark.parametrize("query", ["x" * 201, "a%00b", "%ff", "%E2%80%AEevil"])
async def test_a_search_that_cannot_be_is_told(client: httpx.AsyncClient, neighbours: Neighbours, query: str) -> None:
    page = await client.get(f"/search?q={query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "search_products" not in neighbours.catalog.asked
