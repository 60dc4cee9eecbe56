"""A client in JavaScript and what answers in Python: streams with credit, long messages, and the limits of both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.calling.lean.server import LeanServer

from ..host.calling.placing import KEY
from ..parity.echo import EchoAnswer, Item, Point
from .node import Failed, Node, at, python_answers

CHUNK = 65_536
TURNS = 10
"""Calls for which something that must not happen is given time to happen."""


@pytest_asyncio.fixture
async def server(node: Node) -> Any:
    """Echo in Python, to which Node is connected as `py`."""
    async with python_answers() as answering:
        await node.ask("connect", on="py", at=at(answering), key=KEY.decode())
        yield answering


async def call(node: Node, method: str, request: Any = None, **given: Any) -> Any:
    return await node.ask("call", on="py", method=f"echo.Echo/{method}", request=request or {}, **given)


async def start(node: Node, method: str, request: Any = None, **given: Any) -> None:
    """A call, known as `it`."""
    await node.ask("start", **{"as": "it"}, on="py", method=f"echo.Echo/{method}", request=request or {}, **given)


async def take(node: Node, count: int) -> list[int]:
    """Numbers of the next items."""
    return [item["number"] for item in await node.ask("take", **{"as": "it"}, count=count)]


async def made(node: Node) -> int:
    """How many items the producer has made, after time to make more."""
    return [(await call(node, "See"))["made"] for _ in range(TURNS)][-1]


def raw(size: int) -> dict[str, str]:
    """Bytes, as base64 writes them."""
    return {"$bytes": "eHh4" * (size // 3) + ["", "eA==", "eHg="][size % 3]}


async def test_answers_arrive_in_order_and_to_the_end(node: Node, server: LeanServer) -> None:
    await start(node, "Count", {"to": 3000, "size": 100})
    assert await take(node, 4000) == list(range(3000))


async def test_a_stream_may_fail_after_its_items(node: Node, server: LeanServer) -> None:
    await start(node, "Count", {"to": 9, "fail_at": 2})
    assert await take(node, 2) == [0, 1]
    with pytest.raises(Failed) as failed:
        await take(node, 1)
    assert (failed.value.declared, failed.value.fields) == ("echo.NoSuchThing", {"id": "2"})


async def test_a_slow_reader_in_javascript_holds_the_producer_back(node: Node, server: LeanServer) -> None:
    await start(node, "Count", {"to": 500, "size": 10_000})
    assert await take(node, 1) == [0]
    while (await call(node, "See"))["made"] < 7:  # what the window holds
        pass
    assert await made(node) < 10
    assert await take(node, 500) == list(range(1, 500))


async def test_a_stream_that_is_given_up_ends_its_producer(node: Node, server: LeanServer) -> None:
    await start(node, "Count", {"to": 500, "size": 10_000})
    assert await take(node, 1) == [0]
    await node.ask("cancel", **{"as": "it"})
    while not (await call(node, "See"))["log"]:
        pass
    assert server.running == 0


async def test_a_stream_of_requests_is_read_to_its_end(node: Node, server: LeanServer) -> None:
    assert await call(node, "Total", items={"count": 5000, "size": 100}) == {"x": 5000 * 4999 // 2, "y": 7}
    assert await call(node, "Total", items={"count": 0}) == {"x": 0, "y": 7}


async def test_a_slow_reader_in_python_holds_javascript_back(node: Node) -> None:
    goes_on = asyncio.Event()

    class Slow(EchoAnswer):
        async def total(self, items: AsyncIterator[Item]) -> Point:
            await anext(items)
            await goes_on.wait()
            return await super().total(items)

    async with python_answers(Slow()) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        await start(node, "Total", items={"count": 500, "size": 10_000})
        while await node.ask("sent", **{"as": "it"}) < 7:
            pass
        for _ in range(TURNS):
            await call(node, "See")
        assert await node.ask("sent", **{"as": "it"}) < 10
        goes_on.set()
        assert (await node.ask("result", **{"as": "it"}))["x"] == 500 * 499 // 2


async def test_both_ways_at_once(node: Node, server: LeanServer) -> None:
    await start(node, "Double", items={"count": 5000, "size": 50})
    assert await take(node, 1) == [0]
    assert await take(node, 6000) == [2 * number for number in range(1, 5000)]


async def test_an_answer_before_the_stream_has_ended_stops_it(node: Node) -> None:
    class Hasty(EchoAnswer):
        async def total(self, items: AsyncIterator[Item]) -> Point:
            return Point(x=(await anext(items)).number)

    async with python_answers(Hasty()) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        assert (await call(node, "Total", items={"count": 10**9, "size": 100}))["x"] == 0
        assert (await call(node, "See"))["log"] == []


@pytest.mark.parametrize("size", [CHUNK - 9, CHUNK - 8, CHUNK - 7, 2 * CHUNK - 10, 2 * CHUNK - 9, 3_000_000])
async def test_long_messages_are_put_together(node: Node, server: LeanServer, size: int) -> None:
    assert (await call(node, "Everything", {"raw": raw(size)}, headers={"tenant": "a"}))["raw"] == raw(size)


async def test_long_items_are_put_together(node: Node, server: LeanServer) -> None:
    await start(node, "Count", {"to": 4, "size": 200_000})
    assert [item["blob"] for item in await node.ask("take", **{"as": "it"}, count=9)] == [raw(200_000)] * 4
    assert (await call(node, "Total", items={"count": 4, "size": 200_000}))["x"] == 6


async def test_long_messages_of_many_calls_get_through_at_once(node: Node, server: LeanServer) -> None:
    several = [node.begin("call", on="py", method="echo.Echo/Everything", request={"raw": raw(size)})
               for size in (3_000_000, 10, 2_000_000, CHUNK, 1_000_000)]  # fmt: skip
    sizes = [len((await each)["raw"]["$bytes"]) for each in several]
    assert sizes == [4_000_000, 16, 2_666_668, 87_384, 1_333_336]


async def test_a_call_that_is_given_up_half_sent_leaves_nothing_behind(node: Node, server: LeanServer) -> None:
    with pytest.raises(Failed, match="given up"):
        await node.ask("half", on="py", method="echo.Echo/Everything", request={"raw": raw(3_000_000)})
    assert (await call(node, "Everything", {"raw": raw(100_000)}))["raw"] == raw(100_000)
    assert [(session.parts.size, len(session.parts), len(session.tasks)) for session in server.sessions] == [(0, 0, 0)]


async def test_a_request_longer_than_the_server_takes_is_refused_and_the_connection_stays(
    node: Node, server: LeanServer
) -> None:
    with pytest.raises(Failed, match="the request is too long"):
        await call(node, "Everything", {"raw": raw(4_200_000)})
    await node.ask("connect", on="py", at=at(server), key=KEY.decode(), careless=True)
    with pytest.raises(Failed) as failed:
        await call(node, "Everything", {"raw": raw(4_200_000)})
    assert failed.value.code == 8
    assert (await call(node, "Everything", {"raw": raw(100_000)}))["raw"] == raw(100_000)


async def test_more_calls_than_the_server_takes_are_refused_and_the_connection_stays(node: Node) -> None:
    async with python_answers(max_concurrency=1) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        await start(node, "Count", {"to": 500, "size": 10_000})
        assert await take(node, 1) == [0]
        with pytest.raises(Failed) as failed:
            await call(node, "See")
        assert failed.value.code == 8
        assert len(await take(node, 500)) == 499
        assert (await call(node, "See"))["made"] == 500


async def test_an_answer_longer_than_the_client_takes_is_not_sent(node: Node, server: LeanServer) -> None:
    await node.ask("connect", on="py", at=at(server), key=KEY.decode(), most=1000)
    with pytest.raises(Failed) as failed:
        await call(node, "Everything", {"raw": raw(2000)})
    assert failed.value.code == 8
    assert (await call(node, "Everything", {"raw": raw(500)}))["raw"] == raw(500)


async def test_a_smaller_window_is_kept_to(node: Node, server: LeanServer) -> None:
    await node.ask("connect", on="py", at=at(server), key=KEY.decode(), window=1)
    await start(node, "Count", {"to": 50})
    assert await take(node, 1) == [0]
    assert await made(node) <= 4
    assert await take(node, 50) == list(range(1, 50))
