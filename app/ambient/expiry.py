"""When a scope ends."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import Any

GRAIN = 0.01
"""Seconds: deadlines end at most this much late."""
FAR = 1e9
"""Seconds: loops and gRPC count no further than their clocks, and nobody waits for it."""


class Expiry:
    """When a scope ends. Shared by everything inside the scope, whichever task runs it."""

    __slots__ = ("_cancelled", "_slot", "at", "expired", "task")

    def __init__(self, at: float) -> None:
        self.at = at
        """On `time.monotonic`'s clock, in seconds."""
        self.expired = False
        self.task: asyncio.Task[Any] | None = None
        """Whose work ends with the scope: who opened it, until it is left or its time has passed. Without one nobody
        ends what is done inside, as in a task that outlives the scope: whoever begins something there bounds it."""
        self._cancelled: asyncio.Task[Any] | None = None
        self._slot: set[Expiry] | None = None

    def remaining(self) -> float:
        """Seconds left, never below 0; infinite where there is no deadline."""
        return max(0.0, self.at - monotonic())

    def expire(self) -> None:
        """Mark the scope as over and end the work of the task that opened it."""
        self.expired = True
        task, self.task = self.task, None
        if task is not None and not task.done():
            self._cancelled = task
            task.cancel("deadline exceeded")

    def lift(self) -> None:
        """Let the scope live on without an end: a response that streams has begun in time."""
        if self._slot is not None:
            self._slot.discard(self)
            self._slot = None
        self.at = math.inf
        self.task = None  # from now on calls have deadlines of their own


DEADLINE_PASSED = "the deadline passed"
NEVER = Expiry(math.inf)
