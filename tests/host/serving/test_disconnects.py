"""A client that leaves takes its request with it; a slow one keeps it."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, post
from litestar.background_tasks import BackgroundTask
from litestar.response import Response

from app.serving.limits import Limits
from tests.host.serving.conftest import Clock, Running

GET = b"GET /api/products HTTP/1.1\r\nhost: x\r\n\r\n"


async def connected(edge: Running) -> Any:
    _, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    return writer


async def ended(edge: Running) -> None:
    async with asyncio.timeout(30):
        while not edge.answers.ended:
            await asyncio.sleep(0.001)


async def test_a_client_that_leaves_cancels_its_request_within_50_ms(shop: Running, clock: Clock) -> None:
    connections = shop.edge._listener._server.server_state.connections
    writer = await connected(shop)
    writer.write(GET)
    await shop.answers.entered.wait()
    writer.close()
    while connections:  # how long the system takes to tell is its own affair
        await asyncio.sleep(0)
    assert not shop.answers.ended
    await clock.move(0.05)
    assert shop.answers.ended == ["list_products"]
    assert not shop.told


async def test_leaving_late_is_noticed_too(shop: Running) -> None:
    writer = await connected(shop)
    writer.write(GET)
    await shop.answers.entered.wait()
    await asyncio.sleep(0.1)  # it is watched by now
    assert not shop.answers.ended
    writer.close()
    await ended(shop)


async def test_a_client_that_waits_gets_its_answer(shop: Running) -> None:
    asked = asyncio.create_task(shop.client.get("/api/products"))
    await shop.answers.entered.wait()
    await asyncio.sleep(0.1)
    shop.answers.release.set()
    assert (await asked).status_code == 200
    assert (await shop.client.get("/api/products/1")).status_code == 200


async def test_leaving_in_the_middle_of_a_body_ends_the_request(shop: Running) -> None:
    writer = await connected(shop)
    writer.write(b"POST /api/parts HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    async with asyncio.timeout(30):
        while await shop.edge.stop(0):
            await asyncio.sleep(0)
    assert not shop.told


class Uploads(Controller):
    path = "/uploads"
    done: asyncio.Event

    def __init__(self, done: asyncio.Event) -> None:
        self.done = done

    @post("/slow")
    async def slow(self, request: Request[Any, Any, Any]) -> dict[str, int]:
        await asyncio.sleep(0.1)  # the watcher has read ahead meanwhile
        return {"size": len(await request.body())}

    @post("/later")
    async def later(self) -> Response[dict[str, int]]:
        async def work() -> None:
            await asyncio.sleep(0.1)
            self.done.set()

        return Response({}, background=BackgroundTask(work))


async def test_what_the_watcher_read_reaches_the_handler(serve: Any) -> None:
    edge = await serve([("files", Uploads, {"done": asyncio.Event()})], Limits(max_body_bytes=2_000_000))
    answer = await edge.client.post("/uploads/slow", content=b"x" * 1_500_000)
    assert answer.json() == {"size": 1_500_000}


async def test_work_after_the_response_goes_on_when_the_client_has_left(serve: Any) -> None:
    done = asyncio.Event()
    edge = await serve([("files", Uploads, {"done": done})])
    assert (await edge.client.post("/uploads/later")).status_code == 201
    await edge.client.aclose()
    async with asyncio.timeout(30):
        await done.wait()
