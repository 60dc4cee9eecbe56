"""The requests whose path is hot, and how they are sent: every connection as fast as it is answered."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from ..shop import PRODUCT
from ..shopper.browser import Answer, Browser
from ..shopper.stories import Shopper

Ask = Callable[[Browser, str], Awaitable[Answer]]
"""Sends a request as a user who is new."""


@dataclass(frozen=True, slots=True)
class Request:
    """One of them. count: how often each connection sends it in a round, so that a round takes some processor time."""

    name: str
    count: int
    send: Ask


def _add(browser: Browser, user_id: str) -> Awaitable[Answer]:
    return browser.post(f"/api/carts/{user_id}/items", {"product_id": PRODUCT, "quantity": 2})


async def _order(browser: Browser, user_id: str) -> Answer:
    await _add(browser, user_id)
    shopper = Shopper(browser, Random(user_id), lambda: None)
    order = {
        "user_id": user_id,
        "user_currency": "EUR",
        "address": shopper.address(),
        "email": "someone@example.com",
        "credit_card": shopper.card(),
    }
    return await browser.post("/api/orders", order, {"idempotency-key": user_id})


REQUESTS = (
    Request("GET /healthz, the server alone", 1500, lambda browser, _: browser.get("/healthz")),
    Request("GET /api/products/{id}", 1000, lambda browser, _: browser.get(f"/api/products/{PRODUCT}")),
    Request("POST /api/carts/{user}/items", 60, _add),
    Request("POST /api/orders", 10, _order),
    Request("GET /, the home page", 60, lambda browser, _: browser.get("/")),
)


async def ask(url: str, request: Request, connections: int, count: int) -> int:
    """Send it over so many connections, so often over each; how many were answered. Raises RuntimeError: one was not."""

    async def one() -> None:
        browser = Browser(url)
        try:
            for _ in range(count):
                answer = await request.send(browser, str(uuid.uuid4()))
                if answer.status >= 300:
                    raise RuntimeError(f"{request.name}: {answer.status}")
        finally:
            browser.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return connections * count
