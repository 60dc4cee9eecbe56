"""Sizes, concurrency and slowness are bounded; what is no HTTP gets a problem too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.serving import server
from app.serving.limits import Limits
from app.serving.listener import Listener
from tests.host.serving.conftest import Clock, Running


@pytest.fixture(autouse=True)
def _parsed(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On each of the parsers."""
    monkeypatch.setattr(server, "Listener", lambda *given, **options: Listener(*given, **options, parser=parser))


@pytest.fixture
async def small(serve: Any) -> Running:
    """An edge with small limits."""
    return await serve(limits=Limits(max_body_bytes=1000, max_header_bytes=2000, max_concurrency=2))


@pytest.fixture
async def impatient(serve: Any) -> Running:
    """An edge that waits for nobody."""
    return await serve(limits=Limits(header_timeout=0.05))


async def raw(edge: Running, *pieces: bytes) -> tuple[int, dict[str, Any]]:
    """Send bytes; the status and the problem that come back before the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0)
    answer = await reader.read()
    writer.close()
    if not answer:
        return 0, {}
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


async def test_a_declared_body_past_the_limit_is_413(small: Running) -> None:
    answer = await small.client.post("/api/parts", content=b" " * 1001)
    assert (answer.status_code, answer.json()["kind"]) == (413, "RESOURCE_EXHAUSTED")
    assert answer.json()["detail"] == "the body is larger than 1000 bytes"


async def test_a_body_without_a_declared_length_is_counted(small: Running) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100

    answer = await small.client.post("/api/parts", content=drip())
    assert answer.status_code == 413


async def test_headers_past_the_limit_are_431(small: Running) -> None:
    answer = await small.client.get("/api/products/1", headers={"x": "y" * 2000})
    assert answer.status_code == 431
    answer = await small.client.get("/api/products/" + "y" * 2000)
    assert answer.status_code == 431


async def test_a_head_that_never_ends_is_431(small: Running) -> None:
    status, said = await raw(small, b"GET / HTTP/1.1\r\nx: ", b"y" * 1500, b"y" * 1500)
    assert (status, said["title"]) == (431, "Request Header Fields Too Large")


async def test_what_is_no_http_is_a_problem(small: Running) -> None:
    status, said = await raw(small, b"HELO there\r\n\r\n")
    assert (status, said["detail"]) == (400, "this is not valid HTTP/1.1")


async def test_a_head_that_drips_in_is_given_up(impatient: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
    closed = asyncio.create_task(reader.read())
    async with asyncio.timeout(30):
        while not closed.done():
            writer.write(b"G")
            await asyncio.wait([closed], timeout=0.005)
    writer.close()


async def test_a_connection_that_says_nothing_is_closed(impatient: Running) -> None:
    async with asyncio.timeout(30):
        assert await raw(impatient) == (0, {})


async def test_an_idle_connection_is_closed_and_a_busy_one_kept(impatient: Running, clock: Clock) -> None:
    edge = impatient
    first = await edge.client.get("/api/products/1")
    await clock.move(0.1)  # past the header timeout: that is for the first head only
    second = await edge.client.get("/api/products/1")
    assert first.extensions["network_stream"] is second.extensions["network_stream"]


async def test_requests_past_the_concurrency_are_503_and_health_still_answers(small: Running) -> None:
    held = [asyncio.create_task(small.client.get("/api/products")) for _ in range(2)]
    await small.answers.entered.wait()
    while (answer := await small.client.get("/api/products/1")).status_code == 200:
        await asyncio.sleep(0)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (await small.client.get("/healthz")).status_code == 200
    small.answers.release.set()
    assert [(await one).status_code for one in held] == [200, 200]
    assert (await small.client.get("/api/products/1")).status_code == 200
