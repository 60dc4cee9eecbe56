"""Faults at a contract: by seed, the same for the same seed, in every topology."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.testing import Faults, TestHost

from .shop import Price, Prices, Tills, prices, till

everywhere = pytest.mark.topology("all")
ONCE = {"calls.attempts": 1, "calls.breaker_failures": 0}


async def outcomes(caller: Prices, count: int = 40) -> list[str]:
    """How calls ended: the answer, or `gone`."""
    found: list[str] = []
    for _ in range(count):
        try:
            found.append(str((await caller.mark("a")).cents))
        except Unavailable:
            found.append("gone")
    return found


@everywhere
async def test_before_is_never_heard_and_after_is_heard_and_lost(test_host) -> None:
    host = test_host(prices, settings=ONCE)
    before = host.faults(Prices, seed=1, before=1.0, methods=("price",))
    after = host.faults(Prices, seed=1, after=1.0, methods=("mark",))
    async with host:
        with pytest.raises(Unavailable, match="a fault of the test's"):
            await host.get(Prices).price("a")
        assert await outcomes(host.get(Prices), 3) == ["gone"] * 3
        after.plan = type(after.plan)(Prices, 1)
        assert await host.get(Prices).mark("a") == Price(cents=4)
    assert [one.fault for one in (*before.injected, *after.injected)] == ["before", "after", "after", "after"]


@everywhere
async def test_one_seed_brings_one_course_of_events(test_host) -> None:
    async def course(seed: int) -> tuple[list[str], list[object]]:
        host = test_host(prices, settings=ONCE)
        faults = host.faults(Prices, seed=seed, before=0.2, after=0.2, latency=0.001)
        async with host:
            return await outcomes(host.get(Prices)), list(faults.injected)

    first = await course(7)
    assert first == await course(7)
    assert first != await course(8)
    drawn = Counter(one.fault for one in first[1])  # type: ignore[attr-defined]
    assert drawn["before"]
    assert drawn["after"]


@everywhere
async def test_faults_hold_between_modules_too(test_host) -> None:
    host = test_host(prices, till, settings=ONCE)
    host.faults(Prices, seed=3, before=1.0)
    async with host:
        with pytest.raises(Unavailable):
            await host.get(Tills).total(("a",))


@everywhere
async def test_retries_ride_over_what_may_be_retried(test_host) -> None:
    settings = {"calls.attempts": 8, "calls.backoff": 0.0001, "calls.retry_budget": 1.0, "calls.breaker_failures": 0}
    host = test_host(prices, settings=settings)
    faults = host.faults(Prices, seed=11, before=0.2, after=0.1)
    async with host:
        assert {(await host.get(Prices).price("a")).cents for _ in range(20)} == {100}
    assert faults.injected


@everywhere
async def test_a_partition_lasts_until_it_heals(test_host) -> None:
    async with test_host(prices, settings=ONCE) as host:
        faults = host.faults(Prices)
        assert await outcomes(host.get(Prices), 1) == ["1"]
        faults.partition()
        assert await outcomes(host.get(Prices), 3) == ["gone"] * 3
        with pytest.raises(Unavailable):
            await anext(host.get(Prices).all(3))
        faults.heal()
        assert await outcomes(host.get(Prices), 1) == ["2"]


@everywhere
async def test_latency_is_bounded_by_the_deadline(test_host) -> None:
    async with test_host(prices) as host:
        host.faults(Prices, latency=(60.0, 60.0))
        with pytest.raises(DeadlineExceeded), deadline(0.05):
            await host.get(Prices).price("a")
        with pytest.raises(DeadlineExceeded), deadline(0.05):
            await anext(host.get(Prices).all(3))


@everywhere
async def test_a_stream_breaks_after_some_items(test_host) -> None:
    async with test_host(prices, settings=ONCE) as host:
        host.faults(Prices, seed=5, after=1.0)
        got: list[int] = []
        with pytest.raises(Unavailable):
            async for price in host.get(Prices).all(100):
                got.append(price.cents)  # noqa: PERF401  # what came before the failure counts
        assert got == list(range(len(got)))
        assert len(got) <= 8


async def test_a_crash_in_one_process_leaves_nobody_for_a_few_calls() -> None:
    host = TestHost(prices, settings=ONCE)
    faults = host.faults(Prices, seed=2, crash=0.1)
    async with host:
        found = await outcomes(host.get(Prices), 60)
    crashes = [one for one in faults.injected if one.fault == "crash"]
    assert crashes
    assert found.count("gone") == len(faults.injected) > len(crashes)


@pytest.mark.topology("processes")
async def test_a_crash_kills_the_process_that_answers_and_it_comes_back(test_host) -> None:
    async with test_host(prices, settings=ONCE) as host:
        assert await outcomes(host.get(Prices), 2) == ["1", "2"]
        before = host.children.pid("prices")
        faults: Faults = host.faults(Prices, seed=1, crash=1.0)
        assert await outcomes(host.get(Prices), 1) == ["gone"]
        faults.plan = type(faults.plan)(Prices, 1)
        with deadline(30):
            while await outcomes(host.get(Prices), 1) != ["1"]:  # it has forgotten everything
                await asyncio.sleep(0.02)
        assert host.children.pid("prices") != before


async def test_the_seed_is_told_when_the_test_fails() -> None:
    host = TestHost(prices)
    host.faults(Prices, seed=42, before=0.5)
    with pytest.raises(ZeroDivisionError) as failed:
        async with host:
            raise ZeroDivisionError
    assert failed.value.__notes__ == ["faults of Prices: seed=42 (replay with seed=42)"]


@pytest.mark.parametrize(
    "wrong", [{"before": 1.5}, {"before": 0.6, "after": 0.6}, {"latency": -1.0}, {"latency": (2.0, 1.0)}]
)
def test_faults_that_cannot_be_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"share|more than 1|span"):
        TestHost(prices).faults(Prices, **wrong)
