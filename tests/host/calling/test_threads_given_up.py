"""Blocking code whose caller gives up in the middle of a step: what was open is closed when the step is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest

from app import DeadlineExceeded
from app.calling.binding import bind
from app.calling.local import local_target
from app.calling.schema.schema import Schema
from app.calling.threads import ThreadedInstance, Threads
from app.module.spec import spec_of
from app.telling.steps import Teller

from .late import Late
from .shelf import Book, Shelf, ShelfAnswer


class Blocking:
    """Answers in threads, no faster than it is allowed to."""

    def __init__(self) -> None:
        self.go = Event()
        self.log: list[str] = []

    def all(self, number: int, fail_at: int = -1) -> Iterator[Book]:
        try:
            yield Book(title="0")
            self.log.append("waits")
            self.go.wait(60)
            yield Book(title="1")
        finally:
            self.log.append("closed")

    def fill(self, books: Iterator[Book]) -> Book:
        for book in books:
            self.log.append(book.title)
        self.log.append("no more")
        return Book(title="all")


Rest = type("Rest", (), {
    name: value for name, value in vars(ShelfAnswer).items() if name not in ("all", "fill", "__dict__", "__weakref__")
})  # fmt: skip


async def test_a_blocking_stream_that_is_given_up_in_the_middle_of_a_step_is_closed_after_it() -> None:
    blocking = Blocking()

    async def read() -> None:
        async for _ in caller.all(2):
            pass

    async with in_threads_of(blocking) as caller, asyncio.timeout(60):
        reading = Late(read)
        while "waits" not in blocking.log:
            await asyncio.sleep(0.001)
        with pytest.raises(DeadlineExceeded):
            await reading.expire()
        blocking.go.set()
        while "closed" not in blocking.log:
            await asyncio.sleep(0.001)


async def test_a_callers_stream_that_a_thread_reads_is_closed_when_the_call_is_given_up() -> None:
    closed = asyncio.Event()

    async def slowly() -> AsyncIterator[Book]:
        try:
            for n in range(10_000):
                yield Book(title=str(n))
                await asyncio.sleep(0.01)
        finally:
            closed.set()

    blocking = Blocking()
    items = slowly()
    async with in_threads_of(blocking) as caller, asyncio.timeout(60):
        call = asyncio.ensure_future(caller.fill(items))
        while "1" not in blocking.log:
            await asyncio.sleep(0.001)
        call.cancel()
        await closed.wait()
        while "no more" not in blocking.log:
            await asyncio.sleep(0.001)


@asynccontextmanager
async def in_threads_of(blocking: Blocking) -> AsyncGenerator[Shelf]:
    spec, schema, threads = spec_of(Shelf), Schema(), Threads("library", 4)
    schema.add(spec)
    binding = bind(spec, schema, tell=Teller(), check_values=True)
    binding.swap(local_target(spec, [Rest(), ThreadedInstance(blocking, threads)], "library"))
    caller: Any = binding.caller
    try:
        yield caller
    finally:
        threads.close()
