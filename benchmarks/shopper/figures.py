"""What a crowd met: latencies in buckets of one per cent, errors by kind, orders; sums of several crowds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_STEP = math.log(1.01)


def _bucket(seconds: float) -> int:
    return round(math.log(max(seconds, 1e-6)) / _STEP)


@dataclass(slots=True)
class Met:
    """What one task met."""

    latencies: Counter[int] = field(default_factory=Counter[int])
    """Of answers without an error: bucket -> how many."""
    errors: Counter[str] = field(default_factory=Counter[str])
    """Kind -> how many."""

    @property
    def requests(self) -> int:
        """Answered or not."""
        return self.latencies.total() + self.errors.total()

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the answers came, to one per cent; NaN without an answer."""
        wanted, seen = share * self.latencies.total(), 0
        for bucket, count in sorted(self.latencies.items()):
            seen += count
            if seen >= wanted:
                return math.exp(bucket * _STEP)
        return math.nan

    def add(self, other: Met) -> None:
        """Count what another met as well."""
        self.latencies.update(other.latencies)
        self.errors.update(other.errors)


@dataclass(slots=True)
class Figures:
    """What a crowd met in so many seconds."""

    tasks: dict[str, Met] = field(default_factory=dict[str, Met])
    orders: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds of processor time that the crowd itself took."""
    requests: int = 0
    errors: int = 0

    def answered(self, task: str, seconds: float) -> None:
        """An answer without an error."""
        self.requests += 1
        self._met(task).latencies[_bucket(seconds)] += 1

    def failed(self, task: str, kind: str) -> None:
        """No answer, or one that says error."""
        self.requests += 1
        self.errors += 1
        self._met(task).errors[kind] += 1

    def _met(self, task: str) -> Met:
        met = self.tasks.get(task)
        if met is None:
            met = self.tasks[task] = Met()
        return met

    def whole(self) -> Met:
        """All tasks together."""
        whole = Met()
        for met in self.tasks.values():
            whole.add(met)
        return whole

    @property
    def rate(self) -> float:
        """Requests a second, answered without an error."""
        return (self.requests - self.errors) / self.seconds if self.seconds else math.nan

    def written(self) -> dict[str, Any]:
        """As JSON can say it."""
        return {
            "tasks": {
                name: {"latencies": sorted(met.latencies.items()), "errors": dict(met.errors)}
                for name, met in self.tasks.items()
            },
            "orders": self.orders,
            "seconds": self.seconds,
            "cpu": self.cpu,
            "requests": self.requests,
            "errors": self.errors,
        }


def read(written: Mapping[str, Any]) -> Figures:
    """What `written` wrote."""
    tasks = {
        name: Met(Counter({int(bucket): int(count) for bucket, count in met["latencies"]}), Counter(met["errors"]))
        for name, met in written["tasks"].items()
    }
    return Figures(
        tasks,
        int(written["orders"]),
        float(written["seconds"]),
        float(written["cpu"]),
        int(written["requests"]),
        int(written["errors"]),
    )


def summed(crowds: Iterable[Figures]) -> Figures:
    """Crowds that shopped at the same time, as one."""
    whole = Figures()
    for crowd in crowds:
        for name, met in crowd.tasks.items():
            whole.tasks.setdefault(name, Met()).add(met)
        whole.orders += crowd.orders
        whole.cpu += crowd.cpu
        whole.requests += crowd.requests
        whole.errors += crowd.errors
        whole.seconds = max(whole.seconds, crowd.seconds)
    return whole
