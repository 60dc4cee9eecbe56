"""A task that outlives the scope in which it was made: what it begins then has the time that was left, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app import DeadlineExceeded, deadline, remaining

from .placing import placed
from .shelf import Book

everywhere = pytest.mark.parametrize("where", ["local", "checked", "remote", "lean"])


async def outliving(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Does the work in a task made inside a scope of so many seconds, which has been left by then."""
    left = asyncio.Event()

    async def later() -> None:
        await left.wait()
        await work()

    with deadline(seconds):
        task = asyncio.create_task(later())
    left.set()
    await task


@everywhere
async def test_it_may_call_in_the_time_that_is_left(where: str) -> None:
    async with placed(where) as shelf:

        async def work() -> None:
            assert 0 < (await shelf.caller.see()).remaining <= 60
            assert [book.pages async for book in shelf.caller.all(2)] == [0, 1]

        await outliving(60, work)


@everywhere
async def test_its_call_ends_with_that_time(where: str) -> None:
    async with placed(where) as shelf:

        async def work() -> None:
            with pytest.raises(DeadlineExceeded):
                await shelf.caller.hang()

        await outliving(0.5, work)
        while shelf.answer.log not in (["began", "ended"], []):
            await asyncio.sleep(0.005)


@everywhere
async def test_its_stream_ends_with_that_time(where: str) -> None:
    async with placed(where) as shelf:

        async def work() -> None:
            with pytest.raises(DeadlineExceeded):
                async for _ in shelf.caller.drip():
                    pass

        await outliving(0.5, work)


@everywhere
async def test_nothing_leaves_when_that_time_has_passed(where: str) -> None:
    async with placed(where) as shelf:

        async def work() -> None:
            while remaining():
                await asyncio.sleep(0.005)
            with pytest.raises(DeadlineExceeded):
                await shelf.caller.put(Book(title="late"))
            with pytest.raises(DeadlineExceeded):
                await anext(shelf.caller.all(1))

        await outliving(0.05, work)
        assert shelf.answer.log == []
