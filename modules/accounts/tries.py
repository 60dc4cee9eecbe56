"""Counts failed tries at each account, in the module's database: replicas share what was guessed at any of them."""

from __future__ import annotations

from math import ceil

from sqlalchemy import case, delete, select

from app import Database

from .contract import TooManyTries
from .domain import Clock, key_of
from .settings import AccountSettings
from .storage import tries

FORGOTTEN_AT_ONCE = 100
"""Rows whose time is over that go with each new failure, so that guessing at many addresses leaves no heap."""


class Tries:
    """Failed tries within a window that begins with the first. Addresses without an account are counted alike."""

    def __init__(self, database: Database, settings: AccountSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    async def check(self, email: str) -> int:
        """How many have failed. Raises TooManyTries."""
        rows = await self._database.fetch(select(tries).where(tries.c.email_key == key_of(email)))
        left = rows[0].since + self._settings.tries_seconds - self._now() if rows else 0.0
        if left <= 0:
            return 0
        if rows[0].failed >= self._settings.tries:
            raise TooManyTries(ceil(left))
        return rows[0].failed

    async def failed(self, email: str) -> None:
        """Count one more."""
        now = self._now()
        over = tries.c.since <= now - self._settings.tries_seconds
        one = self._database.insert(tries).values(email_key=key_of(email), failed=1, since=now)
        one = one.on_conflict_do_update(
            index_elements=[tries.c.email_key],
            set_={"failed": case((over, 1), else_=tries.c.failed + 1), "since": case((over, now), else_=tries.c.since)},
        )
        old = select(tries.c.email_key).where(over).limit(FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
        async with self._database.transaction() as tx:
            await tx.execute(one)
            await tx.execute(delete(tries).where(tries.c.email_key.in_(old)))

    async def forget(self, email: str) -> None:
        """They knew it in the end."""
        async with self._database.transaction() as tx:
            await tx.execute(delete(tries).where(tries.c.email_key == key_of(email)))

    def _now(self) -> float:
        return self._clock.now().timestamp()
