"""Counts are exact; durations are taken of every call, and of one in 16 where there are very many."""

from __future__ import annotations

from time import monotonic

import pytest

from app import DeadlineExceeded, deadline
from app.calling import counts as room
from app.calling.counts import BOUNDS, MANY, ONE_IN_16, WINDOW, Counts, total

from .placing import bound, placed
from .shelf import Book, Shelf, ShelfAnswer
from .test_calls import everywhere


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def test_one_call_in_16_is_timed_at_a_high_rate_and_stands_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(room, "perf_counter", clock)
    counts = Counts()
    timed = 0

    def call(seconds_apart: float) -> None:
        nonlocal timed
        counts.calls += 1
        clock.now += seconds_apart
        if counts.calls & counts.sampling:
            counts.done += 1
            return
        timed += 1
        counts.lasted(clock.now - 0.0003, counts.weight())

    for _ in range(100):
        call(0.001)
    assert timed == 100
    for _ in range(3 * MANY):
        call(WINDOW / MANY / 2)
    assert counts.sampling == ONE_IN_16
    assert timed < 100 + 2.5 * MANY
    for _ in range(100):
        call(0.01)
    assert counts.sampling == 0
    assert counts.running == 0
    assert sum(counts.buckets) == counts.calls
    assert counts.buckets[BOUNDS.index(0.000_5)] == counts.calls
    assert counts.seconds == pytest.approx(0.0003 * counts.calls)


async def test_calls_at_full_speed_are_counted_to_the_last() -> None:
    binding = bound(ShelfAnswer())
    caller: Shelf = binding.caller  # type: ignore[assignment]
    with deadline(60):
        for _ in range(20_000):
            await caller.find("a")
    counts = binding.counts["find"]
    assert (counts.calls, counts.done, counts.running) == (20_000, 20_000, 0)
    assert 20_000 - ONE_IN_16 <= sum(counts.buckets) <= 20_000


def test_totals_add_up() -> None:
    one, two = Counts(), Counts()
    one.calls, two.calls = 3, 4
    one.failures[5] = 2
    both = total((one, two))
    assert both.calls == 7
    assert both.failed_by_kind() == {"NOT_FOUND": 2}


class Blocking(ShelfAnswer):
    """Keeps the loop for longer than its call may last."""

    async def hang(self) -> Book:
        until = monotonic() + 0.06
        while monotonic() < until:
            pass
        return Book(title="late")


@everywhere
async def test_an_answer_that_comes_late_is_counted_as_what_its_caller_sees(where: str) -> None:
    async with placed(where, by=Blocking) as shelf:
        for _ in range(3):
            with pytest.raises(DeadlineExceeded):
                await shelf.caller.hang()
        for lane in (cell.lane for cell in shelf.binding.cells.values()):
            lane.sample(ONE_IN_16)  # as after very many calls
        for _ in range(3):
            with pytest.raises(DeadlineExceeded):
                await shelf.caller.hang()
        counts = shelf.binding.counts["hang"]
        assert (counts.calls, counts.done, counts.failed_by_kind()) == (6, 6, {"DEADLINE_EXCEEDED": 6})
