"""A task that outlives the scope in which it was made: what it begins then has the time that was left, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from app import DeadlineExceeded, deadline, remaining
from app.ambient import Ambient, incoming

from .placing import placed
from .shelf import Book, ShelfAnswer

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


class Impatient(ShelfAnswer):
    """Its stream allows itself no time."""

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        with deadline(0):
            await asyncio.Event().wait()
        yield Book(title="never")


async def read(stream: AsyncIterator[Book]) -> None:
    """Reads to the end, which has to come by itself."""
    async with asyncio.timeout(60):
        async for _ in stream:
            pass


@everywhere
async def test_a_stream_made_in_a_scope_ends_with_its_time_for_who_reads_it_outside(where: str) -> None:
    async with placed(where) as shelf:
        with deadline(0.5):
            stream = shelf.caller.drip()
        with pytest.raises(DeadlineExceeded):
            await read(stream)
        assert shelf.binding.counts["drip"].failed_by_kind() == {"DEADLINE_EXCEEDED": 1}


@everywhere
async def test_a_stream_begun_in_a_scope_ends_with_its_time_for_who_reads_on_outside(where: str) -> None:
    async with placed(where) as shelf:
        first = None
        while first is None:
            try:
                with deadline(0.5):
                    stream = shelf.caller.drip()
                    first = await anext(stream)
            except DeadlineExceeded:  # on a machine that is very busy
                continue
        with pytest.raises(DeadlineExceeded):
            await read(stream)
        while shelf.answer.log[-1:] != ["drip ended"]:
            await asyncio.sleep(0.005)


@everywhere
async def test_a_stream_ends_with_its_scopes_time_in_whichever_task_it_is_read(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(DeadlineExceeded), deadline(0.5):
            reader = asyncio.create_task(read(shelf.caller.drip()))
            await asyncio.Event().wait()
        with pytest.raises(DeadlineExceeded):
            await reader


@everywhere
async def test_a_streams_own_deadline_is_counted_as_that(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(DeadlineExceeded):
            await read(shelf.caller.drip())
        assert shelf.binding.counts["drip"].failed_by_kind() == {"DEADLINE_EXCEEDED": 1}


@everywhere
async def test_a_producer_that_runs_out_of_its_own_time_leaves_its_readers_alone(where: str) -> None:
    async with placed(where, by=Impatient) as shelf:

        async def work() -> None:
            with pytest.raises(DeadlineExceeded):
                await anext(shelf.caller.all(1))
            assert remaining() > 0
            assert (await shelf.caller.find("still here")).title == "still here"

        await outliving(600, work)


@everywhere
async def test_a_call_of_a_request_whose_answer_has_begun_to_stream_has_a_deadline_of_its_own(where: str) -> None:
    async with placed(where) as shelf:
        request = incoming(600, Ambient())
        with request:
            assert (await shelf.caller.see()).remaining > 100
            request.lift()
            assert 0 < (await shelf.caller.see()).remaining <= 30
            with pytest.raises(DeadlineExceeded):
                await read(shelf.caller.drip())
