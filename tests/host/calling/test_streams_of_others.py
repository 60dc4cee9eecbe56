"""Streams that others than their maker read, close or give up: one reader at a time, and books that stay exact."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import pytest

from app import Unavailable
from app.calling.local import local_target
from app.calling.policy import Policy

from .placing import placed
from .shelf import Book, ShelfAnswer
from .test_calls import everywhere, until

WHO: ContextVar[str] = ContextVar("who", default="")
SLOWLY = Policy(backoff=0.3, breaker_failures=1, breaker_pause=600)


class Paced(ShelfAnswer):
    """Its second book comes when a test says so; its first try fails if told."""

    fails = 0

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.seen: list[str] = []

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        self.tries += 1
        self.seen.append(WHO.get())
        if self.tries <= self.fails:
            raise Unavailable("not yet")
        yield Book(title="first")
        await self.go_on.wait()
        yield Book(title="second")


class Failing(Paced):
    fails = 1


def asked(stream: Any) -> asyncio.Task[Book]:
    return asyncio.create_task(anext(stream))


async def waiting_for_another_try(stream: Any) -> asyncio.Task[Book]:
    first = asked(stream)
    while not stream.over:
        await asyncio.sleep(0.001)
    return first


@everywhere
async def test_a_second_reader_is_refused_and_the_first_gets_its_item(where: str) -> None:
    async with placed(where, by=Paced) as shelf:
        stream = shelf.caller.all(2)
        await anext(stream)
        reader = asked(stream)
        await asyncio.sleep(0)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="somebody else waits"):
                await anext(stream)
        shelf.answer.go_on.set()  # type: ignore[attr-defined]
        assert (await reader).title == "second"
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        counts = shelf.binding.counts["all"]
        assert (counts.calls, counts.done, counts.failed_by_kind()) == (1, 1, {})


@everywhere
async def test_a_second_reader_is_refused_while_the_first_waits_for_another_try(where: str) -> None:
    async with placed(where, by=Failing, policy=Policy(backoff=0.3)) as shelf:
        stream = shelf.caller.all(2)
        reader = await waiting_for_another_try(stream)
        with pytest.raises(RuntimeError, match="somebody else waits"):
            await anext(stream)
        assert (await reader).title == "first"
        await stream.aclose()  # type: ignore[attr-defined]


@everywhere
async def test_one_whose_stream_is_closed_by_somebody_else_is_at_its_end(where: str) -> None:
    async with placed(where, by=Paced) as shelf:
        stream = shelf.caller.all(2)
        await anext(stream)
        reader = asked(stream)
        await asyncio.sleep(0)
        await stream.aclose()  # type: ignore[attr-defined]
        shelf.answer.go_on.set()  # type: ignore[attr-defined]
        with pytest.raises(StopAsyncIteration):
            await reader
        await until(lambda: shelf.binding.running == 0)
        assert shelf.binding.counts["all"].failed_by_kind() == {}


@everywhere
async def test_another_try_runs_in_its_makers_context_like_the_first(where: str) -> None:
    async with placed(where, by=Failing, policy=Policy(backoff=0.001)) as shelf:
        WHO.set("maker")
        stream = shelf.caller.all(2)
        WHO.set("reader")
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        first, second = shelf.answer.seen  # type: ignore[attr-defined]
        assert first == second


@pytest.mark.parametrize("where", ["remote", "lean"])
async def test_giving_up_before_the_first_item_is_no_success(where: str) -> None:
    async with placed(where, by=Failing, policy=SLOWLY) as shelf:
        stream = shelf.caller.all(2)
        reader = await waiting_for_another_try(stream)
        breaker = shelf.binding._guards.breaker
        assert breaker is not None
        assert breaker.state == "open"
        await stream.aclose()  # type: ignore[attr-defined]
        with pytest.raises(StopAsyncIteration):
            await reader
        assert breaker.state == "open"
        assert shelf.binding._guards.running == 0


@everywhere
async def test_a_stream_that_is_tried_again_after_a_swap_is_one_call(where: str) -> None:
    async with placed(where, by=Failing, policy=Policy(backoff=0.3)) as shelf:
        stream = shelf.caller.all(2)
        reader = await waiting_for_another_try(stream)
        retired = shelf.binding.swap(local_target(shelf.binding.spec, [shelf.answer], "library"))
        assert (await reader).title == "first"
        await retired.idle()
        assert shelf.binding.running == 1
        await stream.aclose()  # type: ignore[attr-defined]
        counts = shelf.binding.counts["all"]
        assert (counts.calls, counts.done, counts.failed_by_kind(), sum(counts.buckets)) == (1, 1, {}, 1)
