"""The time, and waiting for it: both are handed in, so that nobody has to wait in earnest to see what happens then."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress


class Bell(asyncio.Event):
    """Rung when something was left unfinished."""


class Clock:
    """The system's."""

    def now(self) -> float:
        """Seconds since 1970: replicas compare them, so their clocks must agree within a few seconds."""
        return time.time()

    async def pause(self, seconds: float, bell: Bell | None = None) -> None:
        """Wait so many seconds, or until the bell rings."""
        if bell is None:
            await asyncio.sleep(seconds)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await bell.wait()
