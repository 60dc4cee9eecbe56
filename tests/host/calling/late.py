"""Calls that run out of time when a test says so, however fast or slow the machine is, and of those who have met before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app import Unavailable, deadline
from app.ambient import Ambient


class Late:
    """A call in a scope of its own, whose time is over with `expire`."""

    def __init__(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._scopes: list[Ambient] = []
        self.task = asyncio.create_task(self._run(call))

    async def _run(self, call: Callable[[], Awaitable[Any]]) -> Any:
        with deadline(600) as scope:
            self._scopes.append(scope)
            return await call()

    async def expire(self) -> Any:
        """End its time, and wait for what comes of it."""
        self._scopes[0].expiry.expire()
        return await self.task


async def met(caller: Any) -> None:
    """Wait until whoever answers has done so: no deadline of a test has to be long enough for a connection."""
    while True:
        try:
            with deadline(60):
                await caller.see()
        except Unavailable:
            await asyncio.sleep(0.01)
        else:
            return
