"""A PostgreSQL connection that does not wait for a server that hangs: nobody could stop a process otherwise."""

from __future__ import annotations

from contextlib import suppress

import asyncpg

FAREWELL = 0.2
"""Seconds that a server is given to take leave before we hang up. A call whose deadline has passed waits for it, too."""


class Brief(asyncpg.Connection):
    """Closes at once, whether the server answers or not."""

    async def close(self, *, timeout: float | None = None) -> None:
        with suppress(TimeoutError):  # it has hung up then
            await super().close(timeout=FAREWELL if timeout is None else min(timeout, FAREWELL))
