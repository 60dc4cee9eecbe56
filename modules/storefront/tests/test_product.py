"""A product's page, and its data."""

from __future__ import annotations

import httpx
import pytest

from .conftest import Neighbours


async def test_a_product_has_a_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/product/MUG")
    assert page.status_code == 200
    for text in ("<title>Mug · Pangaea Supply</title>", "A simple mug.", "$8.99", "Goes well with it", "Watch"):
        assert text in page.text


@pytest.mark.parametrize("id", ["NOTHING", "mug", "x" * 5000, "%00", "a%2Fb", "%3Cscript%3E", "%F0%9F%8E%81"])
async def test_a_product_that_is_not_there_is_a_page_of_its_own(client: httpx.AsyncClient, id: str) -> None:
    page = await client.get(f"/product/{id}")
    assert page.status_code == 404
    assert "We do not carry that" in page.text
    assert "<script>" not in page.text


async def test_a_product_s_data_are_as_the_catalogue_has_them(client: httpx.AsyncClient) -> None:
    answer = await client.get("/product-meta/MUG")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "id": "MUG",
        "name": "Mug",
        "description": "A simple mug.",
        "picture": "/static/img/products/mug.jpg",
        "price_usd": {"currency_code": "USD", "units": 8, "nanos": 990000000},
        "categories": ["kitchen"],
    }


async def test_there_are_no_data_of_a_product_that_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/product-meta/NOTHING")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_at_most_four_products_are_recommended(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    neighbours.recommendations.ids = ("WATCH",) * 6
    page = (await client.get("/product/MUG")).text
    assert page.count('href="/product/WATCH"') == 4 + 1  # and the ad
