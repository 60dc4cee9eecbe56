"""Work that does not end with whoever asked for it: orders in the middle of being placed, and unfinished business."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app import Background, Failure, Lifecycle, Logger, Unavailable

from .clock import Bell, Clock
from .domain import why
from .fulfilment import Fulfilment
from .journal import Journal
from .placement import Placement
from .settings import CheckoutSettings
from .storage import Placements, Superseded

T = TypeVar("T")

DAY = 86_400.0
SHORTEST_PAUSE = 0.05
"""Seconds: what has come due meanwhile is taken at once, but another replica may be taking it."""


class BackOffice:
    """Supervised: it starts and stops with the process, and what it does for somebody is waited for when that stops."""

    def __init__(
        self,
        placements: Placements,
        fulfilment: Fulfilment,
        journal: Journal,
        clock: Clock,
        bell: Bell,
        settings: CheckoutSettings,
        log: Logger,
        background: Background,
        lifecycle: Lifecycle,
    ) -> None:
        self._placements, self._fulfilment, self._journal = placements, fulfilment, journal
        self._clock, self._bell, self._settings, self._log = clock, bell, settings, log
        self._background = background
        self._running: set[asyncio.Future[Any]] = set()
        background.run(self.look_after, restart="on-failure", attempts=None)
        lifecycle.hook(stop=self._let_finish)  # handed in after the work, so it comes before the work is cancelled

    async def carry_out(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something to its end, whatever becomes of the caller, who waits for it as long as its deadline allows.

        Raises what the work raises; Unavailable where the process stops.
        """
        told: asyncio.Future[T | Exception] = asyncio.get_running_loop().create_future()

        async def run() -> None:
            outcome: T | Exception = Unavailable("this process is stopping")
            try:
                outcome = await work()
            except Exception as error:
                outcome = error
            finally:
                told.set_result(outcome)
                self._running.discard(told)

        try:
            self._background.run(run, name="checkout.carry_out", carry=True)
        except RuntimeError as error:
            raise Unavailable("this process is stopping") from error
        self._running.add(told)
        try:
            outcome = await asyncio.shield(told)
        except asyncio.CancelledError:
            told.add_done_callback(self._nobody_waits)
            raise
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def look_after(self) -> None:
        """Take up what is unfinished, when it is due; for as long as the process runs."""
        while True:
            self._bell.clear()
            await self.take_up()
            wait = self._settings.retry_seconds
            if (due := await self._placements.next_due()) is not None:
                wait = min(wait, due - self._clock.now())
            if wait <= 0:
                await asyncio.sleep(SHORTEST_PAUSE)
            else:
                await self._clock.pause(wait, self._bell)

    async def take_up(self) -> None:
        """One look, a bounded number at once. Raises DatabaseUnavailable."""
        now = self._clock.now()
        found = await self._placements.take_due(now, now + self._journal.lease, self._settings.batch)
        await asyncio.gather(*(self._resume(placement) for placement in found))
        await self._placements.forget_old(now - self._settings.remembered_days * DAY, self._settings.batch)

    async def _resume(self, placement: Placement) -> None:
        try:
            await self._fulfilment.resume(placement)
        except Exception as error:  # its lease runs out, and then it is taken up again; the others must not wait for it
            self._log.warning(
                "an order's unfinished business stays unfinished", order_id=placement.order_id, why=why(error)
            )

    async def _let_finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=self._settings.step_seconds)

    def _nobody_waits(self, told: asyncio.Future[T | Exception]) -> None:
        outcome = told.result()
        if isinstance(outcome, (Failure, Superseded)):
            self._log.info("an order whose shopper is gone came to nothing", why=why(outcome))
        elif isinstance(outcome, Exception):
            self._log.error("an order whose shopper is gone broke off", why=why(outcome), exc_info=outcome)
