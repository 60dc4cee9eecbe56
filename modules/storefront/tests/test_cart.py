"""The cart: filled, looked into, emptied; and forms that cannot be."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from modules.cart.contract import CartFull, CartItem, InvalidItem

from .conftest import Neighbours


async def test_what_is_added_is_in_the_cart(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    answer = await client.post("/cart", data={"product_id": "MUG", "quantity": "3"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/cart")
    assert neighbours.carts.held == {client.cookies["shop_session-id"]: [CartItem("MUG", 3)]}
    page = (await client.get("/cart")).text
    assert "$26.97" in page  # three mugs
    assert "$35.96" in page  # and shipping
    assert '<span class="count">3' in page


async def test_an_empty_cart_asks_nobody_what_it_costs(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    page = await client.get("/cart")
    assert page.status_code == 200
    assert "Your cart is empty" in page.text
    assert neighbours.shipping.asked == []


async def test_a_cart_is_emptied(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    await client.post("/cart", data={"product_id": "MUG", "quantity": "1"})
    answer = await client.post("/cart/empty")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert neighbours.carts.held == {}


async def test_a_cart_is_shown_in_the_shopper_s_currency(client: httpx.AsyncClient) -> None:
    await client.post("/cart", data={"product_id": "MUG", "quantity": "2"})
    await client.post("/setCurrency", data={"currency_code": "JPY"})
    assert "¥2400.00" in (await client.get("/cart")).text


@pytest.mark.parametrize(
    "quantity",
    ["", "0", "11", "-1", "1.5", "1e3", "two", "NaN", "٣", "9" * 40, "<b>", "1; DROP TABLE carts", "\x00"],
)
async def test_a_quantity_that_cannot_be_is_told_beside_its_field(
    client: httpx.AsyncClient, neighbours: Neighbours, quantity: str
) -> None:
    page = await client.post("/cart", data={"product_id": "MUG", "quantity": quantity})
    assert page.status_code == 422
    assert 'id="quantity-error"' in page.text
    assert 'aria-describedby="quantity-error"' in page.text
    assert "<h1>Mug</h1>" in page.text
    assert neighbours.carts.held == {}


@pytest.mark.parametrize("form", [{}, {"quantity": "1"}, {"product_id": "", "quantity": "1"}])
async def test_a_form_without_a_product_names_the_field(client: httpx.AsyncClient, form: dict[str, str]) -> None:
    page = await client.post("/cart", data=form)
    assert page.status_code == 422
    assert "product_id" in page.text


async def test_an_unknown_product_cannot_be_added(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    page = await client.post("/cart", data={"product_id": "NOTHING", "quantity": "1"})
    assert page.status_code == 404
    assert "add_item" not in neighbours.carts.asked


@pytest.mark.parametrize("why", [CartFull("it holds 100 lines"), InvalidItem("quantity", "is too much")])
async def test_what_the_cart_does_not_take_is_told_beside_the_quantity(
    client: httpx.AsyncClient, neighbours: Neighbours, why: Exception
) -> None:
    neighbours.carts.failing["add_item"] = why  # type: ignore[assignment]
    page = await client.post("/cart", data={"product_id": "MUG", "quantity": "7"})
    assert page.status_code == 422
    assert 'id="quantity-error"' in page.text
    assert "<option selected>7</option>" in page.text


async def test_what_is_not_sold_any_more_is_shown_and_cannot_be_ordered(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    await client.get("/cart")
    neighbours.carts.held[client.cookies["shop_session-id"]] = [CartItem("MUG", 1), CartItem("OLD", 1)]
    page = await client.get("/cart")
    assert page.status_code == 200
    assert "Not sold any more" in page.text
    assert "/cart/checkout" not in page.text


async def test_a_body_that_is_no_form_is_told(client: httpx.AsyncClient) -> None:
    json = await client.post("/cart", json={"product_id": "MUG", "quantity": 1})
    assert json.status_code == 415
    many = await client.post("/cart", data={f"f{n}": "x" for n in range(60)})
    assert many.status_code == 400
    large = await client.post("/cart", data={"product_id": "x" * 100_000})
    assert large.status_code == 413
    for page in (json, many, large):
        assert "Pangaea" in page.text


async def test_a_form_may_come_in_parts(client: httpx.AsyncClient, neighbours: Neighbours) -> None:
    parts = {"product_id": (None, "MUG"), "quantity": (None, "2")}
    assert (await client.post("/cart", files=parts)).status_code == 302
    assert next(iter(neighbours.carts.held.values())) == [CartItem("MUG", 2)]


async def test_a_form_in_letters_that_nobody_knows_is_told(client: httpx.AsyncClient) -> None:
    part = b'--x\r\ncontent-disposition: form-data; name="quantity"\r\ncontent-type: text/plain; charset=klingon\r\n\r\n1\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    page = await client.post("/cart", content=part + b"--x--\r\n", headers=headers)
    assert page.status_code == 400
    assert "That form cannot be read" in page.text


async def test_a_form_that_breaks_off_is_nobody_s_bug(
    client: httpx.AsyncClient, neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = "POST /cart HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\nq"
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await reader.read()
    assert (await client.get("/cart")).status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert neighbours.carts.held == {}
