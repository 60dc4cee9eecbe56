"""Streams keep their order, end with the loop that reads them, and never run far ahead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from app import DeadlineExceeded, deadline

from .echo import Echo, Item, NoSuchThing, echo
from .relay import Relay, relay
from .test_deadlines import until

pytestmark = pytest.mark.topology("all", "loopback-grpc")

AHEAD = 256 * 1024
"""Bytes: what both ends' 64 KiB windows and their buffers may hold of a stream that nobody reads."""


async def test_items_arrive_in_order(test_host) -> None:
    async with test_host(echo) as host:
        assert [item.number async for item in host.get(Echo).count(500)] == list(range(500))


async def test_a_stream_of_nothing_ends(test_host) -> None:
    async with test_host(echo) as host:
        assert [item async for item in host.get(Echo).count(0)] == []


async def test_a_stream_passes_through_a_relay(test_host) -> None:
    async with test_host(echo, relay) as host:
        assert [item.number async for item in host.get(Relay).count(50)] == list(range(50))


async def test_leaving_the_loop_closes_the_producer(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)
        async with aclosing(caller.count(1_000_000)) as items:
            async for item in items:
                if item.number == 3:
                    break

        async def closed() -> bool:
            return any(line.startswith("count closed") for line in (await caller.see()).log)

        await until(closed)


async def test_leaving_the_loop_by_break_alone_closes_the_producer(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)
        async for item in caller.count(1_000_000):
            if item.number == 3:
                break

        async def closed() -> bool:
            return any(line.startswith("count closed") for line in (await caller.see()).log)

        await until(closed)


async def test_a_failure_in_the_middle_arrives_after_what_came_before(test_host) -> None:
    got: list[int] = []  # a comprehension would lose what came before the failure
    async with test_host(echo) as host:
        with pytest.raises(NoSuchThing, match="no thing with ID 5"):
            async for item in host.get(Echo).count(10, fail_at=5):
                got.append(item.number)  # noqa: PERF401
    assert got == [0, 1, 2, 3, 4]


async def test_a_slow_reader_holds_the_producer_back(test_host) -> None:
    size = 4096
    async with test_host(echo) as host:
        caller = host.get(Echo)
        async with aclosing(caller.count(5000, size=size)) as items:
            await anext(items)
            before = -1
            while (made := await produced(caller)) != before:
                before = made
            assert made * size <= AHEAD + 2 * size


async def produced(caller: Echo) -> int:
    """How many items the producer has made: asking several times lets it run as far as it will."""
    seen = -1
    for _ in range(50):
        seen = (await caller.see()).made
    return seen


async def test_a_deadline_ends_a_stream(test_host) -> None:
    async with test_host(echo) as host:
        with pytest.raises(DeadlineExceeded), deadline(0.1):
            async for _ in host.get(Echo).count(10_000_000):
                pass


async def numbers(to: int) -> AsyncIterator[Item]:
    for number in range(to):
        yield Item(number=number)


async def test_a_stream_may_go_the_other_way(test_host) -> None:
    async with test_host(echo) as host:
        assert (await host.get(Echo).total(numbers(100))).x == 4950


async def test_streams_may_go_both_ways(test_host) -> None:
    async with test_host(echo) as host:
        assert [item.number async for item in host.get(Echo).double(numbers(100))] == [2 * n for n in range(100)]


async def test_both_ways_items_are_answered_as_they_come(test_host) -> None:
    async with test_host(echo) as host:
        asked: list[int] = []

        async def ask() -> AsyncIterator[Item]:
            for number in range(3):
                asked.append(number)
                yield Item(number=number)

        answers = host.get(Echo).double(ask())
        assert (await anext(answers)).number == 0
        async for _ in answers:
            pass
        assert asked == [0, 1, 2]
