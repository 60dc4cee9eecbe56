"""Streams, wherever they are answered: in order, closed by their reader, in a context of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar

import pytest

from app import DeadlineExceeded, InvalidArgument

from .placing import placed
from .shelf import Book, NoSuchBook, ShelfAnswer, books
from .test_calls import everywhere, until

OTHER: ContextVar[str] = ContextVar("other", default="")


@everywhere
async def test_streams_keep_their_order_in_all_directions(where: str) -> None:
    async with placed(where) as shelf:
        assert [book.pages async for book in shelf.caller.all(200)] == list(range(200))
        assert [book async for book in shelf.caller.all(0)] == []
        assert (await shelf.caller.fill(books(1, 2, 3))).pages == 6
        assert [book.pages async for book in shelf.caller.bind(books(1, 2, 3))] == [2, 4, 6]


@everywhere
async def test_leaving_the_loop_closes_the_producer(where: str) -> None:
    async with placed(where) as shelf:
        async for book in shelf.caller.all(1_000_000):
            if book.pages == 2:
                break
        await until(lambda: "closed" in shelf.answer.log)
        await until(lambda: shelf.binding.running == 0)


@everywhere
async def test_a_failure_in_the_middle_of_a_stream_comes_after_what_was_sent(where: str) -> None:
    got: list[int] = []
    async with placed(where) as shelf:
        with pytest.raises(NoSuchBook, match="no book 3"):
            async for book in shelf.caller.all(9, fail_at=3):
                got.append(book.pages)  # noqa: PERF401
    assert got == [0, 1, 2]


@everywhere
async def test_a_streams_own_deadline_ends_it_and_its_producer(where: str) -> None:
    async with placed(where) as shelf:
        stream, first = shelf.caller.drip(), None
        while first is None:
            try:
                first = await anext(stream)
            except DeadlineExceeded:  # on a machine that is very busy its time may be over before
                stream = shelf.caller.drip()
        assert first.title == "first"
        with pytest.raises(DeadlineExceeded):
            await anext(stream)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        await until(lambda: "drip ended" in shelf.answer.log)


@everywhere
async def test_what_breaks_in_a_callers_stream_reaches_the_caller_alone(where: str) -> None:
    async def broken() -> AsyncIterator[Book]:
        yield Book(title="one", pages=1)
        raise LookupError("mine")

    async with placed(where) as shelf:
        with pytest.raises(LookupError, match="mine"):
            await shelf.caller.fill(broken())
        with pytest.raises(LookupError, match="mine"):
            async for _ in shelf.caller.bind(broken()):
                pass
        assert not shelf.steps


@everywhere
async def test_a_callers_stream_is_closed_when_the_callee_has_enough(where: str) -> None:
    closed: list[bool] = []

    async def endless() -> AsyncIterator[Book]:
        try:
            yield Book(title="one", pages=1)
            yield Book(title="enough")
            while True:
                yield Book(title="more", pages=1)
        finally:
            closed.append(True)

    async with placed(where) as shelf:
        assert (await shelf.caller.fill(endless())).pages == 1
        assert closed == [True]


@everywhere
async def test_a_stream_is_stepped_in_a_context_of_its_own(where: str) -> None:
    inside: list[str] = []

    async def producer() -> AsyncIterator[Book]:
        for n in range(3):
            inside.append(OTHER.get())
            OTHER.set(f"producer {n}")
            yield Book(title=str(n))

    OTHER.set("caller")
    async with placed(where) as shelf:
        async for _ in shelf.caller.bind(producer()):
            assert OTHER.get() == "caller"
    assert inside == ["caller", "producer 0", "producer 1"]


@everywhere
async def test_a_stream_of_something_else_is_an_invalid_argument(where: str) -> None:
    async def wrong() -> AsyncIterator[Book]:
        yield "no book"  # type: ignore[misc]  # pyright: ignore

    async with placed(where) as shelf:
        with pytest.raises(InvalidArgument, match="str, not a Book"):
            await shelf.caller.fill(wrong())


class Tolerant(ShelfAnswer):
    """Makes the best of a stream that breaks."""

    async def fill(self, books: AsyncIterator[Book]) -> Book:
        async def read() -> None:
            async for book in books:
                self.log.append(book.title)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(read())
        return Book(title="half of it")

    async def bind(self, books: AsyncIterator[Book]) -> AsyncIterator[Book]:
        try:
            async for book in books:
                yield book
        except asyncio.CancelledError:
            return


@everywhere
async def test_nothing_that_a_callee_makes_of_half_a_stream_is_an_answer(where: str) -> None:
    async def broken() -> AsyncIterator[Book]:
        yield Book(title="one")
        raise LookupError("mine")

    async with placed(where, by=Tolerant) as shelf:
        with pytest.raises(LookupError, match="mine"):
            await shelf.caller.fill(broken())
        with pytest.raises(LookupError, match="mine"):
            async for _ in shelf.caller.bind(broken()):
                pass
