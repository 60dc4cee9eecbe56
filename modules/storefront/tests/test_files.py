"""What asks no neighbour: files, pictures, health, and pages that are not there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import httpx
import pytest

from modules.storefront.assets import FOLDER

DRAWN = (
    "bamboo-glass-jar", "candle-holder", "hairdryer", "loafers", "mug", "salt-and-pepper-shakers", "sunglasses",
    "tank-top", "watch",
)  # fmt: skip


async def test_the_shop_says_that_it_is_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/_healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "set-cookie" not in answer.headers


async def test_crawlers_are_told_what_to_leave_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Disallow: /cart" in answer.text


async def test_addresses_of_files_carry_their_hash_and_may_be_kept(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    urls = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert len(urls) >= 5
    for url in urls:
        answer = await client.get(url)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        bare = await client.get(url.partition("?")[0])
        assert "immutable" not in bare.headers["cache-control"]
        again = await client.get(url, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", DRAWN)
async def test_the_catalogue_s_pictures_are_drawings(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/static/img/products/{name}.jpg")
    assert answer.status_code == 302
    drawing = await client.get(answer.headers["location"])
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert "script" not in drawing.headers["content-security-policy"]


async def test_a_picture_that_nobody_drew_is_a_neutral_one(client: httpx.AsyncClient) -> None:
    for name in ("unicorn.jpg", "unicorn.svg", "..%2f..%2fsettings.jpg"):
        answer = await client.get(f"/static/img/products/{name}")
        assert answer.headers["location"].startswith("/static/img/products/neutral.svg?v=")


@pytest.mark.parametrize(
    "path", ["/static/none.css", "/static/..%2fmodule.py", "/static/../settings.py", "/static/%00"]
)
async def test_there_are_no_other_files(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(client: httpx.AsyncClient) -> None:
    people = await client.get("/nothing/at/all", headers={"accept": "text/html,*/*"})
    assert people.status_code == 404
    assert "There is nothing here" in people.text
    programs = await client.post("/nothing")
    assert programs.status_code == 404
    assert programs.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/"), ("GET", "/setCurrency"), ("POST", "/product/MUG"), ("DELETE", "/cart")]
)
async def test_a_wrong_method_is_405(client: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await client.request(method, path)).status_code == 405


@pytest.mark.parametrize("path", ["/cart/checkout", "/cart/empty", "/setCurrency", "/account/password"])
async def test_the_address_of_a_form_is_a_page_that_leads_on(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert (page.status_code, page.headers["allow"]) == (405, "OPTIONS, POST")
    assert 'href="/cart"' in page.text


@pytest.mark.parametrize(
    "path", ["/product", "/product/", "/product/a/b", "/orders/a/b", "/static", "/product-meta", "/cart/x"]
)
async def test_an_address_that_is_nearly_one_is_a_page_for_people(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path, headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (await client.get(path)).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.svg")), ids=lambda path: path.stem)
def test_drawings_are_well_formed_titled_and_load_nothing(path: Path) -> None:
    text = path.read_text()
    root = ET.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert not re.search(r"<(script|image|foreignObject|style)|\son\w+=|href=\"(?!#)", text)
