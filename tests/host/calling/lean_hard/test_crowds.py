"""Thousands of connections, of calls in flight, of cancellations and deadlines at once: each ends as it should, and leaves
nothing. LEAN_HARD=20 takes 5,000 connections and 50,000 of each storm."""

from __future__ import annotations

import asyncio
import os
import random
import resource
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from app import DeadlineExceeded, ResourceExhausted, Unavailable, deadline
from app.calling.lean.frames import LAST_CALL, NO_DEADLINE, PING, REQUEST
from app.calling.policy import Policy

from ..lean.peer import Peer, until
from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer, books
from .attacks import FOUND
from .watch import complaints, emptied, times

ONCE = Policy(attempts=1, default_deadline=100)


class Gate(ShelfAnswer):
    """Answers what is asked for once the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.inside = self.most = 0

    async def find(self, title: str, *, pages: int = 1) -> Book:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.open.wait()
        finally:
            self.inside -= 1
        return Book(title=title, pages=pages)


async def test_a_thousand_connections_at_once_are_all_answered() -> None:
    number = times(1000, 5000)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = number * 2 + 200 + len(os.listdir("/proc/self/fd"))
    if hard < needed:
        pytest.skip(f"{needed} open files are needed, and {hard} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    try:
        # These peers answer no PING: on a slow machine one is asked before all of them are there.
        async with leanly_serving(bound(ShelfAnswer()), key=KEY, keepalive=600) as server:
            host, _, port = server.address.rpartition(":")
            peers: list[Peer] = []
            for first in range(0, number, 100):
                made = [asyncio.open_connection(host, int(port)) for _ in range(first, min(first + 100, number))]
                mine = [Peer(*ends) for ends in await asyncio.gather(*made)]
                await asyncio.gather(*(one.greet(KEY) for one in mine))
                peers += mine
            assert len(server.sessions) == number
            for one in peers:
                one.send(PING)
                one.send(REQUEST, code=0, call=1, arg=NO_DEADLINE, body=FOUND)
            answers = [(await one.frame(), await one.frame()) for one in peers]
            assert Counter(frame.kind for pair in answers for frame in pair) == {3: number, 10: number}
            for n, one in enumerate(peers):
                one.writer.transport.abort() if n % 2 else one.writer.close()
            await emptied(server, sessions=0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("connections", [1, 10])
async def test_ten_thousand_calls_in_flight_are_answered(connections: int) -> None:
    answer, number = Gate(), 10_000
    async with leanly_serving(bound(answer), key=KEY) as server:
        ways = [lean_lines(key=KEY) for _ in range(connections)]
        lines = [await way.__aenter__() for way in ways]
        callers: list[Any] = [lean([server.address], line, policy=ONCE).caller for line in lines]
        await asyncio.gather(*(caller.see() for caller in callers))
        with deadline(100):
            tasks = [asyncio.create_task(callers[n % connections].find("a", pages=n)) for n in range(number)]
            await until(lambda: answer.inside == number)
            assert len(server.sessions) == connections
            answer.open.set()
            assert [book.pages for book in await asyncio.gather(*tasks)] == list(range(number))
        await emptied(server, lines[0], sessions=connections)
        for way in ways:
            await way.__aexit__(None, None, None)


async def test_calls_past_the_limit_are_refused_and_the_others_stay() -> None:
    answer = Gate()
    async with leanly_serving(bound(answer), max_concurrency=100) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with deadline(60):
            tasks = [asyncio.create_task(caller.find("a")) for _ in range(1000)]
            await until(lambda: sum(task.done() for task in tasks) == 900)
            answer.open.set()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert Counter(type(one) for one in ended) == {Book: 100, ResourceExhausted: 900}
        assert answer.most == 100
        await emptied(server, lines)


async def test_call_ids_wrap_while_thousands_are_in_flight() -> None:
    answer = Gate()
    async with leanly_serving(bound(answer)) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        await caller.see()
        (line,) = lines._lines.values()
        assert line.link is not None
        line.link.last = LAST_CALL - 1000
        with deadline(60):
            tasks = [asyncio.create_task(caller.find("a", pages=n)) for n in range(2000)]
            await until(lambda: answer.inside == 2000)
            assert set(line.link.calls) == {*range(LAST_CALL - 999, LAST_CALL + 1), *range(1, 1001)}
            line.link.last = LAST_CALL - 1000  # all of these are in use
            other = asyncio.create_task(caller.find("b"))
            await until(lambda: answer.inside == 2001)
            assert 1001 in line.link.calls
            answer.open.set()
            assert [book.pages for book in await asyncio.gather(*tasks)] == list(range(2000))
            assert (await other).title == "b"
        await emptied(server, lines)


async def test_a_storm_of_cancellations_leaves_nothing() -> None:
    """Calls of every shape, given up at any point: before their first step, on their way, answered already."""
    answer, pick, number = ShelfAnswer(), random.Random(5), times(5000, 50_000)
    with complaints() as heard:
        async with leanly_serving(bound(answer), key=KEY) as server, lean_lines(key=KEY) as lines:
            caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
            await caller.see()
            ended: Counter[str] = Counter()
            with deadline(100):
                for _ in range(number // 1000):
                    tasks = [asyncio.create_task(_some(caller, pick.randrange(6))) for _ in range(1000)]
                    left = list(tasks)
                    pick.shuffle(left)
                    while left:
                        for task in left[: pick.choice((1, 50, 300))]:
                            task.cancel()
                            left.remove(task)
                        for _ in range(pick.randrange(4)):
                            await asyncio.sleep(0)
                    ended.update(type(one).__name__ for one in await asyncio.gather(*tasks, return_exceptions=True))
            assert set(ended) <= {"CancelledError", "Book", "int"}
            assert ended["CancelledError"] > number / 4
            await emptied(server, lines)
            assert answer.log.count("began") == answer.log.count("ended")
            assert (await caller.find("a")).title == "a"
    assert heard == []


async def _some(caller: Shelf, shape: int) -> Any:
    match shape:
        case 0 | 1:
            return await caller.find("a")
        case 2:
            return await caller.hang()
        case 3:
            async with aclosing(caller.all(1000)) as items:  # type: ignore[type-var]
                return len([book async for book in items])
        case 4:
            return await caller.fill(_endless())
        case _:
            async with aclosing(caller.bind(_endless())) as items:  # type: ignore[type-var]
                return len([book async for book in items])


async def _endless() -> AsyncIterator[Book]:
    while True:
        yield Book(title="a", pages=1)
        await asyncio.sleep(0)


async def test_a_storm_of_deadlines_leaves_nothing() -> None:
    answer, pick, number = ShelfAnswer(), random.Random(6), times(2500, 50_000)
    with complaints() as heard:
        async with leanly_serving(bound(answer)) as server, lean_lines() as lines:
            caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
            await caller.see()

            async def late(seconds: float) -> Any:
                with deadline(seconds):
                    return await _some(caller, pick.choice((0, 2, 2, 4, 5)))

            tasks = [asyncio.create_task(late(pick.random() * 0.3)) for _ in range(number)]
            ended = Counter(type(one) for one in await asyncio.gather(*tasks, return_exceptions=True))
            assert set(ended) <= {DeadlineExceeded, Book}
            assert ended[DeadlineExceeded] > number / 2
            await emptied(server, lines)
            assert answer.log.count("began") == answer.log.count("ended")
    assert heard == []


async def test_streams_left_half_way_on_either_side_leave_nothing() -> None:
    class Leaving(ShelfAnswer):
        async def bind(self, books: AsyncIterator[Book]) -> AsyncIterator[Book]:
            async for book in books:
                yield book
                if book.pages == 3:
                    return

    async with leanly_serving(bound(Leaving())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]

        async def both(n: int) -> None:
            items: Any = caller.all(10**9)
            for _ in range(n % 7):
                await anext(items)
            if n % 2:
                await items.aclose()  # the others are left to the collector
            del items
            assert (await caller.fill(_counted("enough"))).pages == 6
            assert len([book async for book in caller.bind(_counted(""))]) == 4

        with deadline(60):
            await asyncio.gather(*(both(n) for n in range(200)))
        await emptied(server, lines)


async def _counted(fourth: str) -> AsyncIterator[Book]:
    async for book in books(0, 1, 2, 3):
        yield book
    while True:
        yield Book(title=fourth, pages=9)


async def test_a_storm_while_nothing_can_be_sent_ends_in_time() -> None:
    """Twenty thousand calls wait for a connection that takes nothing, and are given up one by one."""
    async with leanly_serving(bound(ShelfAnswer())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        await caller.see()
        (line,) = lines._lines.values()
        assert line.link is not None
        line.link.pause_writing()
        with deadline(60):
            tasks = [asyncio.create_task(caller.find("a")) for _ in range(20_000)]
            await until(lambda: len(line.link._rooms) == 20_000)  # type: ignore[union-attr]
            for task in reversed(tasks[1:]):
                task.cancel()
            await asyncio.wait(tasks[1:])
            line.link.resume_writing()
            assert (await tasks[0]).title == "a"
        await emptied(server, lines)


async def test_a_server_that_stops_in_a_storm_loses_nothing_that_it_took() -> None:
    """Commands go on elsewhere where the first server had not begun them, and only there."""
    first, second = Slow(), Slow()
    async with (
        leanly_serving(bound(first)) as stopping,
        leanly_serving(bound(second)) as staying,
        lean_lines() as lines,
    ):
        policy = Policy(attempts=4, backoff=0.01, default_deadline=100, breaker_failures=5, breaker_pause=60)
        caller: Shelf = lean([stopping.address, staying.address], lines, policy=policy).caller  # type: ignore[assignment]
        await caller.see()
        await until(lambda: all(line.fit for line in lines._lines.values()))
        lost: list[BaseException] = []

        async def put(n: int) -> None:
            try:
                await caller.put(Book(title=str(n)))
            except Unavailable as failure:
                lost.append(failure)

        with deadline(100):
            tasks = [asyncio.create_task(put(n)) for n in range(500)]
            await until(lambda: len(first.log) > 100)
            stop = asyncio.create_task(stopping.stop(30))
            tasks += [asyncio.create_task(put(n)) for n in range(500, 3000)]
            await asyncio.gather(*tasks)
        assert await stop == 0
        assert lost == []
        assert sorted(map(int, first.log + second.log)) == list(range(3000))
        await emptied(staying, lines)


class Slow(ShelfAnswer):
    async def put(self, book: Book) -> None:
        await asyncio.sleep(0.01)
        await super().put(book)
