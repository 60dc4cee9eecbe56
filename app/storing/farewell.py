"""A PostgreSQL connection that does not wait for a server that hangs: nobody could stop a process otherwise."""

from __future__ import annotations

from contextlib import suppress

import asyncpg

FAREWELL = 1.0
"""Seconds that a server is given to take leave before we hang up."""


class Brief(asyncpg.Connection):
    """Closes within a second, whether the server answers or not."""

    async def close(self, *, timeout: float | None = None) -> None:
        with suppress(TimeoutError):  # it has hung up then
            await super().close(timeout=FAREWELL if timeout is None else timeout)
