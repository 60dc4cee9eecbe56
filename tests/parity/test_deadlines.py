"""A deadline belongs to a scope; what remains of it travels; nobody waits longer."""

from __future__ import annotations

import asyncio
import time

import pytest

from app import DeadlineExceeded, deadline, remaining

from .echo import Echo, echo
from .relay import Relay, relay

pytestmark = pytest.mark.topology("all", "loopback-grpc")


async def test_what_remains_of_a_deadline_is_what_the_callee_sees(test_host) -> None:
    async with test_host(echo, relay) as host:
        with deadline(30):
            assert 20 < (await host.get(Relay).see()).remaining < 31  # gRPC rounds up to a tenth


async def test_every_call_has_a_deadline(test_host) -> None:
    async with test_host(echo) as host:
        assert (await host.get(Echo).see()).remaining <= 60


async def test_a_callee_that_hangs_is_given_up_and_cancelled_at_the_deadline(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)
        with pytest.raises(DeadlineExceeded), deadline(0.5):
            await caller.hang("a")
        await until(lambda: over(caller, "a"))


async def test_a_hang_two_calls_away_is_given_up_too(test_host) -> None:
    async with test_host(echo, relay) as host:
        with pytest.raises(DeadlineExceeded), deadline(0.5):
            await host.get(Relay).hang("b")
        await until(lambda: over(host.get(Echo), "b"))


async def test_a_methods_own_deadline_holds_where_none_is_in_force(test_host) -> None:
    async with test_host(echo) as host:
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            await host.get(Echo).hang("c")
        assert time.monotonic() - began >= 0.19  # what travels is in whole milliseconds, and its callee ends it, too


async def test_a_methods_own_deadline_gives_way_to_the_callers(test_host) -> None:
    async with test_host(echo) as host:
        with deadline(10):
            call = asyncio.create_task(host.get(Echo).hang("d"))
            await asyncio.sleep(0.35)
            assert not call.done()
            call.cancel()


async def test_a_deadline_already_past_never_reaches_the_callee(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)
        with pytest.raises(DeadlineExceeded), deadline(0):
            await caller.note("too late")
        assert "too late" not in (await caller.see()).log


async def test_a_task_that_outlives_its_scope_may_call_in_the_time_that_is_left(test_host) -> None:
    async with test_host(echo) as host:
        caller, left = host.get(Echo), asyncio.Event()

        async def later() -> None:
            await left.wait()
            await caller.note("in time")
            assert len([item async for item in caller.count(3)]) == 3

        with deadline(60):
            task = asyncio.create_task(later())
        left.set()
        await task
        assert "in time" in (await caller.see()).log


async def test_a_call_of_a_task_that_outlives_its_scope_ends_when_the_scope_would_have(test_host) -> None:
    async with test_host(echo) as host:
        caller, left = host.get(Echo), asyncio.Event()

        async def later() -> None:
            await left.wait()
            with pytest.raises(DeadlineExceeded):
                await caller.hang("e")

        with deadline(0.5):
            task = asyncio.create_task(later())
        left.set()
        await task
        await until(lambda: over(caller, "e"))


async def test_a_task_that_outlives_its_scopes_time_reaches_nobody(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)

        async def later() -> None:
            while remaining():
                await asyncio.sleep(0.01)
            with pytest.raises(DeadlineExceeded):
                await caller.note("too late")
            with pytest.raises(DeadlineExceeded):
                await anext(caller.count(3))

        with deadline(60) as scope:
            task = asyncio.create_task(later())
        scope.expiry.at = time.monotonic()
        await task
        assert "too late" not in (await caller.see()).log


async def over(caller: Echo, name: str) -> bool:
    """Whether what began has been cancelled; on a machine that is very busy a call may never have begun."""
    log = (await caller.see()).log
    return f"{name} began" not in log or f"{name} cancelled" in log


async def logged(caller: Echo, line: str) -> bool:
    return line in (await caller.see()).log


async def until(holds) -> None:
    """Wait for a condition; the test's own timeout is the limit."""
    while not await holds():
        await asyncio.sleep(0.005)
