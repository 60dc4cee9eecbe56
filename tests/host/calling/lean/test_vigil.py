"""Staying awake for an answer: as long as it pays, and never at the cost of somebody else's work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.calling.lean import vigil as room
from app.calling.lean.vigil import MOST_PASSED_OVER, Vigil, vigil

from ..placing import bound, lean, lean_lines, leanly_serving
from ..shelf import ShelfAnswer

SECONDS = 0.5


class Bench:
    """A vigil over calls of nobody, by a clock that the test moves on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now = 10.0
        self.offered = 0
        self.calls: set[int] = set()
        self.vigil = Vigil(loop, self.calls, SECONDS, self.offer, lambda: self.now)

    def offer(self) -> None:
        self.offered += 1

    async def turns(self, many: int = 3) -> int:
        """How often the core was offered in so many turns of the loop."""
        before = self.offered
        for _ in range(many):
            await asyncio.sleep(0)
        return self.offered - before

    async def call(self, answered: bool) -> bool:
        """A call that is answered within the time, or not: whether it was waited for awake."""
        self.calls.add(1)
        self.vigil.keep()
        awake = await self.turns() > 0
        self.now += SECONDS / 2 if answered else SECONDS
        if answered:
            self.calls.clear()
        await self.turns()
        self.calls.clear()
        return awake


@pytest.fixture
async def bench() -> Bench:
    return Bench(asyncio.get_running_loop())


async def test_a_caller_offers_its_core_in_each_turn_until_the_answer_is_there(bench: Bench) -> None:
    bench.calls.add(1)
    bench.vigil.keep()
    assert await bench.turns(5) >= 4
    bench.calls.clear()
    await bench.turns()
    assert await bench.turns(5) == 0


async def test_whoever_waits_longer_falls_asleep(bench: Bench) -> None:
    bench.calls.add(1)
    bench.vigil.keep()
    await bench.turns()
    bench.now += SECONDS
    await bench.turns()
    assert await bench.turns(5) == 0


async def test_slow_answers_are_waited_for_asleep_more_and_more_often(bench: Bench) -> None:
    awake = [await bench.call(answered=False) for _ in range(12)]
    assert awake == [True, False, True, False, False, True, False, False, False, False, True, False]
    for _ in range(8 * MOST_PASSED_OVER):
        await bench.call(answered=False)
    assert [await bench.call(answered=False) for _ in range(2 * MOST_PASSED_OVER + 2)].count(True) == 2


async def test_quick_answers_win_the_vigil_back(bench: Bench) -> None:
    for _ in range(3):
        await bench.call(answered=False)
    for _ in range(10):
        await bench.call(answered=True)
    assert all([await bench.call(answered=True) for _ in range(5)])


@pytest.mark.parametrize(("seconds", "cores"), [(0.0, 8), (1.0, 1)], ids=["switched off", "one core"])
async def test_nobody_stays_awake_where_it_is_switched_off_or_the_answer_needs_the_core(
    seconds: float, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.os, "cpu_count", lambda: cores)
    assert vigil(asyncio.get_running_loop(), (), seconds) is None


@pytest.mark.parametrize("callers", [1, 5])
async def test_only_a_lone_call_is_kept_awake_for(callers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    keep: Callable[[Any], None] = Vigil.keep

    def counted(self: Vigil) -> None:
        kept.append(1)
        keep(self)

    monkeypatch.setattr(room.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(Vigil, "keep", counted)
    async with leanly_serving(bound(ShelfAnswer())) as server, lean_lines() as lines:
        caller: Any = lean([server.address], lines).caller
        await caller.find("a")
        kept.clear()
        await asyncio.gather(*(caller.find("a") for _ in range(callers)))
    assert len(kept) == 1
