"""What is measured: a row has sides (ours first, then its bare counterparts) and budgets that it should keep."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

Sample = Callable[[], Awaitable[float]]
"""Takes one sample: a figure in the row's unit."""


@dataclass(frozen=True, slots=True)
class Side:
    """One way of doing the same work."""

    name: str
    sample: Sample


@dataclass(frozen=True, slots=True)
class Budget:
    """What should hold. `ratio` compares ours with the first counterpart; otherwise our figure itself is meant."""

    limit: float
    ratio: bool = False
    least: bool = False
    """Whether the limit is a floor (work done a second) rather than a ceiling (time, memory)."""

    def words(self, unit: str) -> str:
        """`≤ 240 ns`, `≥ 0.9×`."""
        sign = "≥" if self.least else "≤"
        return f"{sign} {self.limit:g}×" if self.ratio else f"{sign} {figure(self.limit, unit)}"

    def met(self, measured: Measured) -> bool:
        """Whether it held."""
        value = measured.ratio if self.ratio else measured.medians[0]
        return value is not None and (value >= self.limit if self.least else value <= self.limit)


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its sides."""

    title: str
    unit: str
    sides: Sequence[Side]
    budgets: Sequence[Budget] = ()
    rounds: int = 15
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out: `samples` holds a list for each side, taken in turn, so that equal indexes are neighbours."""

    row: Row
    samples: Sequence[Sequence[float]]
    medians: Sequence[float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "medians", [statistics.median(side) for side in self.samples])

    @property
    def ratio(self) -> float | None:
        """The median of ours to the first counterpart, neighbour by neighbour; None where there is none."""
        if len(self.samples) < 2:
            return None
        return statistics.median(ours / bare for ours, bare in zip(self.samples[0], self.samples[1], strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of our samples."""
        low, _, high = (
            statistics.quantiles(self.samples[0], n=4) if len(self.samples[0]) > 1 else (*self.medians[:1],) * 3
        )
        return low, high


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that could not be measured here, and why, as a sentence. `broke` tells a fault from a lack."""

    title: str
    why: str
    broke: bool = False


class CannotMeasure(Exception):
    """This machine lacks what the row needs; the text says what."""


Setup = Callable[[], AbstractAsyncContextManager[Row]]
"""Sets up a row, and clears it away again. Raises CannotMeasure."""


def figure(value: float, unit: str) -> str:
    """`197 ns`, `1.21 µs`, `6,840 calls/s`, `61.0 MB`."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
