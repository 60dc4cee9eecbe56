"""Streams with faults in front of them are calls like others: over once, counted once, closed when they are given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app import Unavailable
from app.calling.policy import Policy
from app.testing.faults import Injected
from app.testing.faulty import FaultyTarget

from ..calling.placing import Placed, placed
from ..calling.test_calls import everywhere


def fault(kind: Any, *, latency: float = 0.0, items: int = 0) -> Injected:
    return Injected("all", 1, kind, latency, items)


@asynccontextmanager
async def faulty(where: str, *faults: Injected) -> AsyncGenerator[Placed]:
    """A shelf whose calls meet these faults, one after the other, and then none."""
    async with placed(where, policy=Policy(backoff=0.001)) as shelf:
        left = iter(faults)
        shelf.binding.swap(FaultyTarget(shelf.binding.target, lambda method: next(left, fault(""))))
        yield shelf


def booked(shelf: Placed) -> tuple[int, int, dict[str, int]]:
    counts = shelf.binding.counts["all"]
    assert shelf.binding.running == shelf.binding._guards.running == 0
    return counts.calls, counts.done, dict(counts.failed_by_kind())


@everywhere
async def test_a_stream_that_broke_is_over(where: str) -> None:
    async with faulty(where, fault("after", items=1)) as shelf:
        stream = shelf.caller.all(3)
        assert (await anext(stream)).pages == 0
        with pytest.raises(Unavailable):
            await anext(stream)
        for _ in range(2):
            with pytest.raises(StopAsyncIteration):
                await anext(stream)
        assert booked(shelf) == (1, 1, {"UNAVAILABLE": 1})


@everywhere
async def test_one_of_which_nothing_arrives_is_heard_and_tried_again(where: str) -> None:
    async with faulty(where, fault("after"), fault("before"), fault("")) as shelf:
        assert [book.pages async for book in shelf.caller.all(3)] == [0, 1, 2]
        assert shelf.answer.log.count("made 0") == 2
        assert booked(shelf) == (1, 1, {})


@everywhere
async def test_one_that_is_cancelled_while_another_try_is_late_is_given_up(where: str) -> None:
    async with faulty(where, fault("before"), fault("", latency=600)) as shelf:
        stream: Any = shelf.caller.all(3)
        reader = asyncio.create_task(anext(stream))
        while stream._instead is None:
            await asyncio.sleep(0.001)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert booked(shelf) == (1, 1, {"GIVEN_UP": 1})


@everywhere
async def test_one_that_is_closed_while_it_is_late_is_never_heard(where: str) -> None:
    async with faulty(where, fault("", latency=0.05)) as shelf:
        stream: Any = shelf.caller.all(3)
        reader = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
        await stream.aclose()
        with pytest.raises(StopAsyncIteration):
            await reader
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        assert shelf.answer.log == []
        assert booked(shelf) == (1, 1, {})
