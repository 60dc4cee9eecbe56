"""Staying awake for an answer: to wake a sleeping core costs more than most answers take."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sized
from time import monotonic

BUSY_POLL = 0.0001
"""Seconds: about twice what a short call takes where nobody sleeps."""
MOST_PASSED_OVER = 256
"""Calls that are waited for asleep, at most, where answers take longer than anybody stays awake."""


class Vigil:
    """A caller who waits for one answer and nothing else lets its loop turn for a moment instead of going to sleep.

    Each turn offers the core to whoever else wants it (sched_yield), so that only idle time is spent. Where no answer
    comes within `seconds`, the next call is waited for asleep, then two, four …: a peer that takes its time costs
    next to nothing. Each answer in time halves that again.
    """

    __slots__ = ("_awake", "_calls", "_clock", "_loop", "_pass_over", "_passed_over", "_seconds", "_until", "_yield")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        calls: Sized,
        seconds: float,
        offer: Callable[[], object],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """calls: those that wait for an answer."""
        self._loop, self._calls, self._seconds, self._clock, self._yield = loop, calls, seconds, clock, offer
        self._awake = False
        self._until = 0.0
        self._pass_over = self._passed_over = 0

    def keep(self) -> None:
        """A call was sent that is waited for alone."""
        if self._passed_over < self._pass_over:
            self._passed_over += 1
            return
        self._until = self._clock() + self._seconds
        if not self._awake:
            self._awake = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        if not self._calls:
            self._awake = False
            self._pass_over //= 2
        elif self._clock() >= self._until:
            self._awake = False
            self._pass_over = min(self._pass_over * 2 or 1, MOST_PASSED_OVER)
            self._passed_over = 0
        else:
            self._yield()
            self._loop.call_soon(self._turn)


def vigil(loop: asyncio.AbstractEventLoop, calls: Sized, seconds: float) -> Vigil | None:
    """None where nobody should stay awake: no time was given for it, or there is one core, which the answer needs."""
    offer = getattr(os, "sched_yield", None)
    useful = seconds > 0 and (os.cpu_count() or 1) > 1
    return Vigil(loop, calls, seconds, offer) if useful and offer is not None else None
