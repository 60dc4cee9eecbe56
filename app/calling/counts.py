"""Exact counts for each method of a binding: plain integers that the hot path touches and observing reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from time import perf_counter

from ..module.failure import KINDS

BOUNDS = (
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
    0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
)  # fmt: skip
"""Seconds: the upper bounds of the latency buckets; one more bucket takes the rest."""

WINDOW = 0.1
"""Seconds over which the rate of calls is looked at."""
MANY = int(2_000 * WINDOW)
"""Calls in a window above which one in 16 is timed, with the weight of those it stands for."""
ONE_IN_16 = 15


class Counts:
    """One method's counts. All of them only grow."""

    __slots__ = (
        "_window_calls",
        "_window_end",
        "buckets",
        "calls",
        "done",
        "failures",
        "sampling",
        "seconds",
        "weighed",
    )

    def __init__(self) -> None:
        self.calls = 0
        """Calls begun, refused ones included."""
        self.done = 0
        """Calls over, whichever way."""
        self.failures = [0] * (len(KINDS) + 1)
        """Calls that failed, by the code of their kind (0: given up by their caller)."""
        self.buckets = [0] * (len(BOUNDS) + 1)
        """How many calls lasted how long, weighted: they add up to the calls that were timed or stood for."""
        self.seconds = 0.0
        """The sum of their durations, weighted alike."""
        self.sampling = 0
        """A call is timed where `calls & sampling` is 0."""
        self.weighed = 0
        """The last call that a timed one stood for."""
        self._window_end = 0.0
        self._window_calls = 0

    @property
    def running(self) -> int:
        """Calls in flight."""
        return self.calls - self.done

    def weight(self) -> int:
        """How many calls the one that begins now stands for; asked once for each timed call."""
        weight = self.calls - self.weighed
        self.weighed = self.calls
        return weight

    def lasted(self, began: float, weight: int) -> None:
        """A timed call is over; `began` is on `time.perf_counter`'s clock."""
        now = perf_counter()
        self.done += 1
        self.buckets[bisect_left(BOUNDS, now - began)] += weight
        self.seconds += (now - began) * weight
        if now >= self._window_end:
            calls = self.calls - self._window_calls
            window = now - self._window_end + WINDOW
            self.sample(ONE_IN_16 if calls * WINDOW > MANY * window else 0)
            self._window_end = now + WINDOW
            self._window_calls = self.calls

    def sample(self, sampling: int) -> None:
        """Time one call in `sampling + 1` from now on."""
        self.sampling = sampling

    def failed_by_kind(self) -> Mapping[str, int]:
        """The failures so far by the canonical name of their kind; kinds that never occurred are left out."""
        names = ("GIVEN_UP", *(kind.kind for kind in KINDS))
        return {name: count for name, count in zip(names, self.failures, strict=True) if count}


def total(parts: Iterable[Counts]) -> Counts:
    """The sum of several counts, as it stands now."""
    out = Counts()
    for part in parts:
        out.calls += part.calls
        out.done += part.done
        out.seconds += part.seconds
        out.failures = [a + b for a, b in zip(out.failures, part.failures, strict=True)]
        out.buckets = [a + b for a, b in zip(out.buckets, part.buckets, strict=True)]
    return out
