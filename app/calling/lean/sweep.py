"""Deadlines of calls whose task is not the one that its scope cancels: one coarse timer for each slot of time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

GRAIN = 0.02
"""Seconds that a deadline may be late."""
FAR = 1e8
"""Seconds: nobody waits for it, and loops count no further."""


class Sweep:
    """Tells which calls are late."""

    __slots__ = ("_late", "_loop", "_slots", "_timers")

    def __init__(self, loop: asyncio.AbstractEventLoop, late: Callable[[int], None]) -> None:
        self._loop = loop
        self._late = late
        self._slots: dict[int, set[int]] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def add(self, call: int, at: float) -> int:
        """Watch a call until `at` on `time.monotonic`'s clock; the slot, for `discard`."""
        number = int(min(at, FAR) / GRAIN) + 1
        slot = self._slots.get(number)
        if slot is None:
            slot = self._slots[number] = set()
            self._timers[number] = self._loop.call_later(max(0.0, number * GRAIN - monotonic()), self._end, number)
        slot.add(call)
        return number

    def discard(self, call: int, number: int) -> None:
        slot = self._slots.get(number)
        if slot is not None:
            slot.discard(call)

    def close(self) -> None:
        """Nothing is waited for any more: a timer of a call without a deadline would hold a lost connection for years."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._slots.clear()

    def __len__(self) -> int:
        return sum(map(len, self._slots.values()))

    def _end(self, number: int) -> None:
        del self._timers[number]
        for call in self._slots.pop(number):
            self._late(call)
