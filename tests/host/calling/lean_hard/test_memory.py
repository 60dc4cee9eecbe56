"""What a process holds does not grow with the calls that it has made and answered. LEAN_HARD=20 makes 200,000 calls."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

from app import NotFound, deadline
from app.calling.policy import Policy

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer, books
from .watch import emptied, objects, rss, times

ONCE = Policy(attempts=1, default_deadline=100)


class Plain(ShelfAnswer):
    """Keeps no log."""

    async def find(self, title: str, *, pages: int = 1) -> Book:
        return await super().find(title) if title == "missing" else Book(title=title * pages)

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        for n in range(number):
            yield Book(title="x", pages=n)


async def test_calls_of_every_shape_leave_nothing_behind() -> None:
    async with leanly_serving(bound(Plain()), key=KEY) as server, lean_lines(key=KEY) as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]

        async def one(n: int) -> None:
            match n % 20:
                case 0:
                    with suppress(NotFound):
                        await caller.find("missing")
                case 1:
                    async with aclosing(caller.all(50)) as items:  # type: ignore[type-var]
                        await anext(items)
                case 2:
                    await caller.fill(books(1, 2))
                case 3:
                    task = asyncio.ensure_future(caller.find("a"))
                    await asyncio.sleep(0)
                    task.cancel()
                    await asyncio.wait([task])
                case _:
                    assert (await caller.find("a")).title == "a"

        async def many(number: int) -> None:
            with deadline(600):
                for first in range(0, number, 500):
                    await asyncio.gather(*(one(n) for n in range(first, first + 500)))
            await emptied(server, lines)

        await many(5000)
        before, memory = objects(), rss()
        await many(times(10_000))
        more, grown = rss() - memory, objects() - before  # in this order: to list all objects takes memory, too
        assert {name: number for name, number in grown.items() if number > 150} == {}
        assert more < 8 * 1024


async def test_a_megabyte_sixty_four_times_at_once_is_given_back() -> None:
    async with leanly_serving(bound(Plain())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]

        async def round_() -> int:
            with deadline(100):
                got: list[Any] = await asyncio.gather(*(caller.find("x" * 1000, pages=1000) for _ in range(64)))
                assert all(len(book.title) == 1_000_000 for book in got)
                text = "y" * 1_000_000
                got = await asyncio.gather(*(caller.find(text) for _ in range(64)))
                assert all(book.title == text for book in got)
            del got
            await emptied(server, lines)
            gc.collect()
            return rss()

        first = await round_()
        later = [await round_() for _ in range(times(2))]
        assert max(later) - first < 64 * 1024  # what glibc keeps for the next long message
        await caller.find("a")
