"""Alive and ready, on the edge and on an address of their own."""

from __future__ import annotations

import httpx

from app.serving.answers import Answer
from app.serving.health import Health
from app.serving.management import ManagementEdge
from app.telling.steps import Teller
from tests.host.serving.conftest import Running


async def test_alive_whatever_else(shop: Running) -> None:
    answer = await shop.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_ready_when_the_host_says_so(shop: Running) -> None:
    answer = await shop.client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, {"process": "the process is starting"})
    shop.health.ready = True
    answer = await shop.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_a_need_that_is_missing_is_named(shop: Running) -> None:
    shop.health.ready = True
    missing = "the pool is closed"
    shop.health.need("database", lambda: missing)
    assert (await shop.client.get("/readyz")).json()["reasons"] == {"database": "the pool is closed"}
    missing = ""
    assert (await shop.client.get("/readyz")).status_code == 200


def test_a_need_that_cannot_be_asked_is_missing() -> None:
    health = Health()
    health.ready = True
    health.need("broken", lambda: str(1 / 0))
    assert health.reasons() == {"broken": "cannot be asked"}


async def test_health_and_other_pages_at_an_address_of_their_own() -> None:
    edge = ManagementEdge(
        health=Health(), tell=Teller(), pages={"/metrics": lambda: Answer(200, b"x 1\n", b"text/plain")}
    )
    address = await edge.start("127.0.0.1", 0)
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/metrics")).text == "x 1\n"
        assert (await client.get("/api/products")).json()["detail"] == "nothing is served at /api/products"
    assert await edge.stop(0) == 0
