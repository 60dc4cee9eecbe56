"""A PostgreSQL connection that neither waits for a server that hangs nor asks one all the time whether it is there."""

from __future__ import annotations

import select
import time
from contextlib import suppress
from typing import Any

import asyncpg

from .without_orm import AsyncEngine

FAREWELL = 0.2
"""Seconds that a server is given to take leave before we hang up. A call whose deadline has passed waits for it, too:
nobody could stop a process otherwise."""
QUIET = 1.0
"""Seconds for which a connection that has answered is believed to be alive."""


class Brief(asyncpg.Connection):
    """Closes at once, whether the server answers or not."""

    heard = float("-inf")
    """When it answered a ping last, on the monotonic clock."""

    async def close(self, *, timeout: float | None = None) -> None:
        with suppress(TimeoutError):  # it has hung up then
            await super().close(timeout=FAREWELL if timeout is None else min(timeout, FAREWELL))


def ping_rarely(engine: AsyncEngine) -> None:
    """A ping before each use is three round trips, more than most statements. That the server has closed a connection
    shows without one; it is for servers that are gone without a word, and a second later these are found out, too."""
    dialect: Any = engine.sync_engine.dialect
    ping = dialect.do_ping

    def do_ping(connection: Any) -> bool:
        driver: Brief = connection.driver_connection
        if driver.is_closed():
            return False
        if time.monotonic() - driver.heard >= QUIET or _has_something_to_say(driver):
            ping(connection)  # raises where it fails
            driver.heard = time.monotonic()
        return True

    dialect.do_ping = do_ping


def _has_something_to_say(driver: Brief) -> bool:
    """Whether something has come in unasked that nobody has read yet: a farewell, nearly always."""
    coming = select.poll()
    coming.register(driver._transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(coming.poll(0))
