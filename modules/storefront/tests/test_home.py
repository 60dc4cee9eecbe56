"""The shop window and the search."""

from __future__ import annotations

import httpx


async def test_the_first_page_shows_every_product_with_its_price(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200, page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Mug" in page.text
    assert "$8.99" in page.text
    assert "$109.99" in page.text
