"""Writes down how far a placement has come, before anybody goes on; and when it is to be looked at again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from app import DatabaseUnavailable

from .clock import Bell, Clock
from .placement import Draft, Placement
from .settings import CheckoutSettings
from .storage import Placements

STEPS_IN_A_LEASE = 3
"""A call may fail late and be followed by a second one, and the database may be slow to take what came of them."""


class Journal:
    """All that is written about placements once they are begun."""

    def __init__(self, placements: Placements, clock: Clock, bell: Bell, settings: CheckoutSettings) -> None:
        self._placements, self._clock, self._bell, self._settings = placements, clock, bell, settings

    @property
    def lease(self) -> float:
        """Seconds for which an attempt has a placement to itself without writing anything."""
        return STEPS_IN_A_LEASE * self._settings.step_seconds

    async def begin(self, key: str | None, fingerprint: str, draft: Draft) -> Placement | None:
        """From here on the card may be charged. None where the key is taken. Raises DatabaseUnavailable."""
        now = self._clock.now()
        placement = Placement(
            order_id=draft.order.order_id,
            user_id=draft.user_id,
            key=key,
            fingerprint=fingerprint,
            draft=draft,
            lease_until=now + self.lease,
            due_at=now + self.lease + self._settings.unresolved_after,
        )
        return placement if await self._placements.claim(placement, now) else None

    async def take_over(self, placement: Placement) -> Placement | None:
        """Go on with one that crashed. None where somebody else does. Raises DatabaseUnavailable."""
        now = self._clock.now()
        return await self._placements.take_over(placement, now, now + self.lease)

    async def note(self, placement: Placement, **progress: Any) -> Placement:
        """It has come further, and this attempt goes on with it. Raises Superseded, and DatabaseUnavailable when that has
        lasted for as long as a step may take."""
        until = self._clock.now() + self.lease
        noted = msgspec.structs.replace(placement, tries=0, lease_until=until, due_at=until, **progress)
        await self._surely(lambda: self._placements.write(noted, self._clock.now()))
        return noted

    async def put_off(self, placement: Placement, **progress: Any) -> Placement:
        """Leave it to the background, later each time. Raises as `note`."""
        now = self._clock.now()
        delay = min(self._settings.most_backoff, self._settings.first_backoff * 2.0 ** min(placement.tries, 30))
        return await self._leave(placement, now + delay, tries=placement.tries + 1, **progress)

    async def leave_open(self, placement: Placement) -> Placement:
        """Nobody knows whether the card was charged: a repetition may go on at once, and is waited for. Raises as `note`."""
        return await self._leave(placement, self._clock.now() + self._settings.unresolved_after)

    async def leave(self, placement: Placement, **progress: Any) -> Placement:
        """This attempt is over. Raises as `note`."""
        return await self._leave(placement, self._clock.now(), **progress)

    async def forget(self, placement: Placement) -> None:
        """Nothing came of it. Raises as `note`."""
        await self._surely(lambda: self._placements.forget(placement))

    async def _leave(self, placement: Placement, due_at: float, **progress: Any) -> Placement:
        now = self._clock.now()
        left = msgspec.structs.replace(placement, lease_until=now, due_at=due_at, **progress)
        await self._surely(lambda: self._placements.write(left, self._clock.now()))
        if left.open:
            self._bell.set()
        return left

    async def _surely(self, write: Callable[[], Awaitable[None]]) -> None:
        """A database that is away for a moment must not make us forget what has just been done."""
        until = self._clock.now() + self._settings.step_seconds
        pause = 0.05
        while True:
            try:
                return await write()
            except DatabaseUnavailable:
                if self._clock.now() + pause > until:
                    raise
            await self._clock.pause(pause)
            pause = min(2.0, 2 * pause)
