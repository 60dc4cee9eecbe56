"""Neighbours in trouble: what a page can do without is left out, what it needs makes a page about that."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app import Failure, Internal, NotFound, ResourceExhausted, Unavailable
from modules.cart.contract import Cart, CartItem, CartStorageUnavailable
from modules.storefront.assets import Assets
from modules.storefront.baskets import Baskets
from modules.storefront.prices import Clock, Prices
from modules.storefront.refusals import Turned
from modules.storefront.rendering import Rendering
from modules.storefront.settings import StorefrontSettings
from modules.storefront.shelves import Shelves

from .conftest import Neighbours

GONE = (CartItem("MUG", 2),)
SECRET = "ipv4:10.1.2.3 said no"  # noqa: S105  # what must not be shown


@pytest.mark.parametrize("path", ["/", "/product/MUG", "/cart"])
async def test_pages_go_out_without_ads_and_recommendations(
    client: httpx.AsyncClient, neighbours: Neighbours, path: str
) -> None:
    neighbours.ads.failing["get_ads"] = Unavailable(SECRET)
    neighbours.recommendations.failing["list_recommendations"] = Unavailable(SECRET)
    page = await client.get(path)
    assert page.status_code == 200
    assert 'class="offer' not in page.text
    assert 'class="also' not in page.text
    assert SECRET not in page.text


async def test_pages_do_not_wait_for_ads_and_recommendations(neighbours: Neighbours) -> None:
    neighbours.ads.hanging.add("get_ads")
    neighbours.recommendations.hanging.add("list_recommendations")
    settings: dict[str, object] = {
        "modules.storefront.ads_deadline": 0.02,
        "modules.storefront.recommendations_deadline": 0.02,
    }
    async with neighbours.host(settings) as host, httpx.AsyncClient(base_url=host.http) as client:
        page = await client.get("/product/MUG")
    assert page.status_code == 200
    assert 'class="offer' not in page.text
    assert 'class="also' not in page.text


async def test_a_recommended_product_that_is_gone_costs_the_box_and_no_more(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    neighbours.recommendations.ids = ("GONE",)
    page = await client.get("/product/MUG")
    assert page.status_code == 200
    assert 'class="also' not in page.text


@pytest.mark.parametrize(
    ("path", "who", "method", "words"),
    [
        ("/", "catalog", "list_products", "could not retrieve the products"),
        ("/", "currency", "get_supported_currencies", "could not retrieve the currencies"),
        ("/", "currency", "convert", "could not convert the prices"),
        ("/", "carts", "get_cart", "could not retrieve your cart"),
        ("/product/MUG", "catalog", "get_product", "could not retrieve the product"),
        ("/product/MUG", "currency", "convert", "could not convert the prices"),
        ("/search?q=mug", "catalog", "search_products", "could not search the products"),
        ("/cart", "carts", "get_cart", "could not retrieve your cart"),
        ("/cart", "shipping", "get_quote", "could not get a shipping quote"),
        ("/cart", "catalog", "get_product", "could not retrieve a product"),
        ("/orders/order-1", "orders", "get_order", "could not retrieve your order"),
    ],
)
@pytest.mark.parametrize("failure", [Unavailable(SECRET), Internal(SECRET)])
async def test_a_needed_neighbour_in_trouble_is_a_page_that_says_which_step(
    client: httpx.AsyncClient, neighbours: Neighbours, path: str, who: str, method: str, words: str, failure: Failure
) -> None:
    await client.get("/robots.txt")
    neighbours.carts.held["ann"] = [CartItem("MUG", 1)]
    getattr(neighbours, who).failing[method] = failure
    page = await client.get(path, headers={"cookie": "shop_session-id=ann"})
    assert page.status_code == 500
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert words in page.text
    assert SECRET not in page.text
    assert (await client.get("/_healthz")).text == "ok"


@pytest.mark.parametrize(("path", "method"), [("/cart", "add_item"), ("/cart/empty", "empty_cart")])
async def test_a_cart_without_its_storage_is_a_page_that_says_so(
    client: httpx.AsyncClient, neighbours: Neighbours, path: str, method: str
) -> None:
    neighbours.carts.failing[method] = CartStorageUnavailable()
    page = await client.post(path, data={"product_id": "MUG", "quantity": "1"})
    assert page.status_code == 500
    assert "your cart" in page.text


class Broken(Rendering):
    """Has a bug in one template."""

    def page(self, template: str, **values: Any) -> str:
        if template == "home.html":
            raise RuntimeError(SECRET)
        return super().page(template, **values)


@pytest.mark.parametrize("path", ["/signin", "/register", "/account", "/orders", "/orders/order-1"])
async def test_pages_without_prices_need_neither_currencies_nor_the_cart(
    client: httpx.AsyncClient, neighbours: Neighbours, token: str, path: str
) -> None:
    neighbours.currency.failing["get_supported_currencies"] = Unavailable(SECRET)
    neighbours.carts.failing["get_cart"] = Unavailable(SECRET)
    client.cookies.set("shop_token", token)
    page = await client.get(path)
    assert page.status_code == 200
    assert 'class="currency"' not in page.text
    assert 'class="count"' not in page.text


async def test_a_bug_is_logged_and_shown_as_a_page_without_a_word_of_it(
    neighbours: Neighbours, capsys: pytest.CaptureFixture[str]
) -> None:
    host = neighbours.host().replace(Rendering, Broken(Assets()))
    async with host as host, httpx.AsyncClient(base_url=host.http) as client:
        page = await client.get("/")
    assert page.status_code == 500
    assert "Something broke on our side" in page.text
    assert SECRET not in page.text
    assert SECRET in "".join(capsys.readouterr())


async def test_a_catalogue_of_somebody_else_s_only_says_not_found() -> None:
    neighbours, settings = Neighbours(), StorefrontSettings()
    neighbours.catalog.failing["get_product"] = NotFound("who knows")
    prices = Prices(neighbours.currency, settings, Clock())
    basket = await Baskets(neighbours.catalog, neighbours.shipping, prices).filled(Cart("u", GONE), "USD")
    assert (basket.lines, basket.gone) == ((), GONE)
    with pytest.raises(Turned, match="We do not carry that"):
        await Shelves(neighbours.catalog, prices).one("MUG")


async def test_a_recommended_product_that_is_gone_leaves_the_others(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    neighbours.recommendations.ids = ("GONE", "MUG")
    assert 'class="also' in (await client.get("/cart")).text


async def test_a_neighbour_s_limits_are_not_the_shopper_s(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    neighbours.catalog.failing["list_products"] = ResourceExhausted("the answer is larger than 4194304 bytes")
    page = await client.get("/")
    assert page.status_code == 500
    assert "We could not retrieve the products" in page.text
