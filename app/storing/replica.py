"""A read replica: queries are answered from it while it is there, and from the primary while it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import Context
from typing import TYPE_CHECKING

from ..telling.refusals import Refused
from ..telling.refusals.storing import DatabaseUnreachable
from .pool import Pool
from .trouble import DatabaseUnavailable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

PAUSE = 1.0
"""Seconds between two looks at whether a lost replica is back."""


class Replica:
    """A pool that may be lost without harm. No caller waits for one that is: it is looked after in the background."""

    def __init__(self, pool: Pool, *, pause: float = PAUSE) -> None:
        self.pool = pool
        self._pause = pause
        self._watch: asyncio.Task[None] | None = None

    @property
    def usable(self) -> bool:
        """Whether to ask it."""
        return self.pool.usable

    async def open(self) -> None:
        """Connect; where that fails it is lost for now."""
        if not await self._back():
            self._look_after()

    async def close(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        await self.pool.close()

    @asynccontextmanager
    async def connection(self, schema: str, *, reading: bool = False) -> AsyncGenerator[AsyncConnection]:
        """As Pool.connection. Raises DatabaseUnavailable, and is looked after from then on."""
        try:
            async with self.pool.connection(schema, reading=reading) as connection:
                yield connection
        except DatabaseUnavailable:
            self._look_after()
            raise

    def _look_after(self) -> None:
        if self._watch is None or self._watch.done():  # nothing of the call that has found out concerns it
            self._watch = asyncio.create_task(self._wait(), name="the way back to the read replica", context=Context())

    async def _wait(self) -> None:
        while not await self._back():  # noqa: ASYNC110  # only asking tells
            await asyncio.sleep(self._pause)

    async def _back(self) -> bool:
        pool = self.pool
        try:
            await pool.open()
            if not pool.usable:
                async with pool.connection(pool.modules[0], reading=True) as connection:
                    await connection.exec_driver_sql("SELECT 1")
        except DatabaseUnavailable:
            pass  # told already
        except Refused as refused:
            for refusal in refused.refusals:
                pool.lost(refusal.why if isinstance(refusal, DatabaseUnreachable) else refusal.says())
        except Exception as error:
            pool.lost(error)
        return pool.usable
