"""Tries again, breakers and limits: within budget, one probe at a time, never more than allowed."""

from __future__ import annotations

import asyncio

import pytest

from app import ResourceExhausted, Unavailable, deadline
from app.calling.crossing import SENT_ON, marked
from app.calling.guards import Guards
from app.calling.lean.target import LeanTarget
from app.calling.policy import Breaker, Policy, RetryBudget

from .placing import bound, lean, lean_lines, leanly_serving, placed
from .shelf import Shelf, ShelfAnswer, books

everywhere = pytest.mark.parametrize("where", ["local", "remote", "lean"])


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_breaker_opens_after_failures_in_a_row_and_lets_exactly_one_probe_through() -> None:
    clock = Clock()
    breaker = Breaker(2, 1.0, clock)
    assert breaker.admits()
    breaker.failed()
    breaker.succeeded()
    for _ in range(2):
        assert breaker.admits()
        breaker.failed()
    assert breaker.state == "open"
    assert not breaker.admits()
    clock.now += 1.0
    assert breaker.state == "half-open"
    assert [breaker.admits() for _ in range(20)] == [True] + [False] * 19
    breaker.failed()
    assert breaker.state == "open"
    clock.now += 1.0
    assert breaker.admits()
    breaker.abandoned()  # a cancelled probe leaves the question open
    assert breaker.admits()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.admits()


def test_the_budget_pays_for_a_share_of_the_calls() -> None:
    budget = RetryBudget(0.1)
    assert sum(budget.take(calls=0) for _ in range(50)) == RetryBudget.MOST
    assert sum(budget.take(calls=50 if not n else 0) for n in range(50)) == 5


def test_the_pause_doubles_up_to_its_limit_and_is_never_the_same() -> None:
    policy = Policy(backoff=0.1, backoff_limit=0.3)
    for tries, full in ((1, 0.1), (2, 0.2), (3, 0.3), (9, 0.3)):
        pauses = {policy.pause(tries) for _ in range(50)}
        assert len(pauses) > 1
        assert all(full / 2 <= pause <= full for pause in pauses)


@everywhere
async def test_a_single_attempt_is_not_repeated(where: str) -> None:
    async with placed(where, policy=Policy(attempts=1)) as shelf:
        with pytest.raises(Unavailable):
            await shelf.caller.flaky(1)
        assert shelf.answer.tries == 1


@everywhere
async def test_no_further_try_begins_past_the_deadline(where: str) -> None:
    async with placed(where, policy=Policy(attempts=5, backoff=1000.0, backoff_limit=1000.0)) as shelf:
        with pytest.raises(Unavailable), deadline(60):
            await shelf.caller.flaky(1)
        assert shelf.answer.tries == 1


async def test_an_open_breaker_refuses_at_once_and_closes_after_a_good_probe() -> None:
    clock = Clock()
    async with placed("lean", policy=Policy(attempts=1, breaker_failures=2, breaker_pause=0.5)) as shelf:
        breaker = shelf.binding._guards.breaker
        assert breaker is not None
        breaker._clock = clock
        for _ in range(2):
            with pytest.raises(Unavailable):
                await shelf.caller.flaky(2)
        with pytest.raises(Unavailable, match="pause"):
            await shelf.caller.see()
        clock.now += 0.51
        await shelf.caller.see()
        await shelf.caller.see()


async def test_only_the_probe_itself_lets_another_one_through() -> None:
    guards = Guards("Shelf", Policy(breaker_failures=1), None)
    clock = Clock()
    breaker = Breaker(1, 1.0, clock)
    assert not guards.admit(breaker)
    guards.report(breaker, Unavailable(), False)
    clock.now += 1.0
    assert guards.admit(breaker)
    for earlier in (asyncio.CancelledError(), marked(Unavailable(), SENT_ON)):  # of calls that began before it opened
        guards.report(breaker, earlier, False)
        assert not breaker.admits()
    guards.report(breaker, asyncio.CancelledError(), False, probe=True)
    assert breaker.admits()


async def test_what_is_still_tried_on_an_old_target_is_no_news_of_the_next_one() -> None:
    old, new = ShelfAnswer(), ShelfAnswer()
    policy = Policy(attempts=3, backoff=0.02, breaker_failures=3, breaker_pause=60.0)
    async with (
        leanly_serving(bound(old)) as before,
        leanly_serving(bound(new)) as after,
        lean_lines() as lines,
    ):
        there = lean([before.address], lines, policy=policy)
        caller: Shelf = there.caller  # type: ignore[assignment]
        with deadline(30):
            await caller.see()
            calls = [asyncio.create_task(caller.flaky(99)) for _ in range(2)]
            while there.counts["flaky"].calls < 2 or old.tries < 2:
                await asyncio.sleep(0)
            retired = there.swap(LeanTarget(there.spec, lines, [after.address]))
            assert retired.running == 2
            assert [type(end) for end in await asyncio.gather(*calls, return_exceptions=True)] == [Unavailable] * 2
            await retired.idle()
            await caller.see()
        assert (old.tries >= 3, new.tries) == (True, 0)
        flaky = there.counts["flaky"]
        assert (flaky.calls, flaky.done, flaky.failed_by_kind()) == (2, 2, {"UNAVAILABLE": 2})


async def test_a_breaker_never_stands_before_an_answer_from_the_same_process() -> None:
    async with placed("local", policy=Policy(attempts=1, breaker_failures=1)) as shelf:
        with pytest.raises(Unavailable):
            await shelf.caller.flaky(1)
        await shelf.caller.see()


@everywhere
async def test_one_call_more_than_may_be_in_flight_is_resource_exhausted(where: str) -> None:
    async with placed(where, policy=Policy(max_concurrency=2)) as shelf:
        with deadline(60):
            hanging = asyncio.create_task(shelf.caller.hang())
            stream = shelf.caller.all(5)
            await anext(stream)
            await asyncio.sleep(0)
            with pytest.raises(ResourceExhausted, match="2 calls of Shelf"):
                await shelf.caller.see()
            with pytest.raises(ResourceExhausted, match="2 calls of Shelf"):
                await anext(shelf.caller.all(5))
            await stream.aclose()  # type: ignore[attr-defined]
            await shelf.caller.see()
            hanging.cancel()
            await asyncio.wait([hanging])
            assert (await shelf.caller.fill(books(1))).pages == 1


async def test_a_failure_that_a_relay_met_further_on_is_not_tried_again_by_its_caller() -> None:
    class Relay(ShelfAnswer):
        def __init__(self, inner: Shelf) -> None:
            super().__init__()
            self.inner = inner

        async def flaky(self, times: int):  # type: ignore[no-untyped-def]
            self.tries += 1
            return await self.inner.flaky(times)

    from .placing import channels, remote, serving

    async with placed("remote") as far:
        relay = Relay(far.caller)
        async with serving(bound(relay)) as address, channels() as lines:
            caller: Shelf = remote([address], lines).caller  # type: ignore[assignment]
            with pytest.raises(Unavailable):
                await caller.flaky(99)
        assert (relay.tries, far.answer.tries) == (1, 3)
