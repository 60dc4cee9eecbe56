"""The shop moves: opened as a monolith, it goes on as one process per module on the same data, and nothing is lost.

There, processes are killed in the middle of an order, and a card is charged once all the same.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from .alike import answers
from .conftest import CHEAP
from .shop import Shop, alive, children_of, command_line, serving, until
from .stories.people import JAR, MUG, Customer, Customers, order_of

VARIABLES = {**CHEAP, "PANGAEA_MODULES_CHECKOUT_STEP_SECONDS": "3", "PANGAEA_MODULES_CHECKOUT_RETRY_SECONDS": "1"}
"""Whoever takes over from a killed process has to wait until it counts as crashed."""


@dataclass
class Moved:
    """The shop after it moved, and what was there before."""

    shop: Shop
    ann: Customer
    order: dict[str, Any]
    key: str
    before: list[Any]
    """How the monolith answered."""
    charges: Callable[[], int]
    """How many charges payment has in its table."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Moved]:
    folder = tmp_path_factory.mktemp("moved")
    variables, charges = dict(VARIABLES), _charges_in_file(folder / "data" / "payment.db")
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        url = variables["PANGAEA_DATABASE_URL"] = server.create()
        name = url.partition("@/")[2].partition("?")[0]
        charges = lambda: int(server.sql("SELECT count(*) FROM payment.charges", name))  # noqa: E731
    try:
        with ExitStack() as door, serving("monolith", folder, **variables) as shop:
            before = answers(shop.url)
            ann, key = Customer(door.enter_context(httpx.Client(base_url=shop.url, timeout=60))), uuid4().hex
            ann.register()
            ann.sign_in()
            ann.add(MUG, 2)
            order = ann.order(key)
            ann.add(JAR, 1)
        with ExitStack() as door, serving("microservices", folder, **variables) as shop:
            ann.client = door.enter_context(httpx.Client(base_url=shop.url, timeout=60))
            yield Moved(shop, ann, order, key, before, charges)
    finally:
        if url:
            request.getfixturevalue("postgres").drop(url)


@pytest.fixture
def shop(moved: Moved) -> Shop:
    return moved.shop


def test_accounts_orders_and_carts_have_moved_along(moved: Moved) -> None:
    ann, order_id = moved.ann, moved.order["order_id"]
    ann.expect(401, "GET", f"/api/orders/{order_id}")
    ann.sign_in()
    assert ann.expect(200, "GET", "/api/accounts/me")["email"] == ann.email
    assert ann.expect(200, "GET", f"/api/orders/{order_id}")["items"] == moved.order["items"]
    assert [one["order_id"] for one in ann.expect(200, "GET", "/api/accounts/me/orders")["orders"]] == [order_id]
    assert ann.cart() == [(JAR, 1)]
    assert ann.order(moved.key) == moved.order, "the key from before the move is known"
    assert ann.cart() == [(JAR, 1)]


def test_every_answer_is_the_monolith_s_byte_for_byte(moved: Moved) -> None:
    for ours, theirs in zip(moved.before, answers(moved.shop.url), strict=True):
        assert ours == theirs


@pytest.mark.parametrize("victim", ["payment", "checkout"])
@pytest.mark.parametrize("moment", ["before the charge", "after the charge"])
def test_an_order_whose_process_is_killed_is_charged_once(
    moved: Moved, customer: Customers, victim: str, moment: str
) -> None:
    """Payment is stopped first, so that the order waits there: then one of the two is killed."""
    shop, bob, key = moved.shop, customer(), uuid4().hex
    bob.add(MUG, 1)
    before = moved.charges()
    payment, killed = _process(shop, "payment"), _process(shop, victim)
    with ThreadPoolExecutor() as pool:
        if moment == "before the charge":
            os.kill(payment, signal.SIGSTOP)
        first = pool.submit(bob.client.post, "/api/orders", json=order_of(bob), headers={"idempotency-key": key})
        if moment == "after the charge":
            until(lambda: moved.charges() > before or first.done())
        os.kill(killed, signal.SIGKILL)
        if killed != payment and moment == "before the charge":
            os.kill(payment, signal.SIGCONT)
        status = _status(first)
    assert status in (201, 409, 503), "placed, or it may be tried again"
    orders = set()

    def placed() -> bool:
        answer = bob.client.post("/api/orders", json=order_of(bob), headers={"idempotency-key": key})
        assert answer.status_code in (201, 409, 503), answer.text
        if answer.status_code == 201:
            orders.add(answer.json()["order_id"])
        return answer.status_code == 201

    until(placed, shop.said)
    assert placed()
    assert len(orders) == 1, "the same order, however often it is asked for"
    assert moved.charges() == before + 1
    until(lambda: not bob.cart())


def _status(first: Future[httpx.Response]) -> int:
    return first.result(60).status_code


def _process(shop: Shop, name: str) -> int:
    """The id of the process that runs as this one, once it is back from the last time."""

    def running() -> list[int]:
        return [pid for pid in children_of(shop.process.pid) if alive(pid) and name in command_line(pid)]

    until(running, shop.said)
    return running()[0]


def _charges_in_file(path: Path) -> Callable[[], int]:
    def count() -> int:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as connection:
            found = connection.execute("SELECT count(*) FROM charges").fetchone()[0]
        connection.close()
        return found

    return count
