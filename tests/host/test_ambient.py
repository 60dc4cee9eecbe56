"""Deadlines and what else travels with a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app import DeadlineExceeded, Metadata, deadline, remaining
from app.ambient import NEVER, current, held, principal

TENANT = Metadata("tenant", str)


async def test_a_scope_that_runs_out_of_time_ends_its_work() -> None:
    with pytest.raises(DeadlineExceeded), deadline(0.02):
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_block_that_ends_late_is_exceeded_too() -> None:
    with pytest.raises(DeadlineExceeded), deadline(0.001) as ambient:
        while ambient.expiry.remaining() > 0:
            pass


async def test_the_sooner_deadline_stays_in_force() -> None:
    with deadline(5), deadline(10):
        assert remaining() <= 5
    with deadline(10), deadline(5):
        assert remaining() <= 5


async def test_an_inner_deadline_leaves_the_outer_one_running() -> None:
    with deadline(10):
        with pytest.raises(DeadlineExceeded), deadline(0.01):
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        assert remaining() > 1


async def test_when_both_pass_the_task_is_left_uncancelled() -> None:
    with pytest.raises(DeadlineExceeded), deadline(0.02), deadline(0.01):
        await asyncio.Event().wait()
    await asyncio.sleep(0)


async def test_a_cancellation_from_outside_stays_a_cancellation() -> None:
    async def work() -> None:
        with deadline(10):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_deadline_already_past_is_marked_at_once() -> None:
    with pytest.raises(DeadlineExceeded), deadline(0) as ambient:
        assert ambient.expiry.expired


@pytest.mark.parametrize("seconds", [0, -5])
async def test_nobody_waits_in_a_scope_that_had_no_time(seconds: float) -> None:
    task = asyncio.current_task()
    assert task is not None
    for _ in range(2):
        with pytest.raises(DeadlineExceeded), deadline(60), deadline(seconds), deadline(30):
            await asyncio.Event().wait()
        assert task.cancelling() == 0
    with pytest.raises(DeadlineExceeded), deadline(seconds):
        pass
    await asyncio.sleep(0)  # and whoever has left it is left alone


async def test_a_deadline_holds_in_another_task_of_a_scope_that_ends_sooner() -> None:
    async def other() -> None:
        with deadline(60):
            await asyncio.Event().wait()

    with pytest.raises(DeadlineExceeded), deadline(0.05):
        task = asyncio.create_task(other())
        await asyncio.Event().wait()
    with pytest.raises(DeadlineExceeded):
        await task


async def test_other_tasks_of_the_scope_see_that_it_is_over() -> None:
    seen: list[bool] = []

    async def child(started: asyncio.Event) -> None:
        ambient = current()
        assert ambient is not None
        started.set()
        while not ambient.expiry.expired:
            await asyncio.sleep(0)
        seen.append(True)

    with pytest.raises(DeadlineExceeded), deadline(0.02):
        started = asyncio.Event()
        task = asyncio.create_task(child(started))
        await started.wait()
        await asyncio.Event().wait()
    await task
    assert seen == [True]


def test_outside_of_every_scope_nothing_is_in_force() -> None:
    assert current() is None
    assert principal() is None
    assert TENANT.get() is None
    assert remaining() == NEVER.at


async def test_metadata_is_typed_nested_and_left_behind() -> None:
    with TENANT.set("a"):
        with deadline(5), TENANT.set("b"):
            assert TENANT.get() == "b"
        assert TENANT.get() == "a"
    assert TENANT.get() is None


async def test_what_holds_calls_back_is_told_inside_only() -> None:
    with held("a transaction is open"):
        ambient = current()
        assert ambient is not None
        assert ambient.held == "a transaction is open"
    assert current() is None


async def test_whatever_holds_calls_back_does_so_in_scopes_inside_too() -> None:
    with held(""), deadline(5) as ambient:
        assert ambient.gate.task is None  # a call has something to look at
    with deadline(5) as ambient:
        assert ambient.gate.task is asyncio.current_task()
    assert ambient.gate.task is None


async def test_a_scope_inside_one_that_was_left_ends_with_the_time_of_that_one() -> None:
    left = asyncio.Event()

    async def later() -> None:
        await left.wait()
        with pytest.raises(DeadlineExceeded), deadline(100):
            assert remaining() <= 0.2
            await asyncio.Event().wait()

    with deadline(0.2):
        task = asyncio.create_task(later())
    left.set()
    await task


async def test_a_scope_of_a_generator_that_the_loop_closes_bounds_nobody_any_more() -> None:
    closed = asyncio.Event()

    async def numbers() -> AsyncIterator[int]:
        try:
            with deadline(5):
                yield 1
        finally:
            closed.set()

    items = numbers()
    await anext(items)
    ambient = current()
    assert ambient is not None
    assert remaining() <= 5  # as it has been in force in its reader all the while
    del items
    await asyncio.wait_for(closed.wait(), 10)
    assert remaining() == NEVER.at
    assert ambient.expiry.task is None
    assert ambient.expiry._slot is None
