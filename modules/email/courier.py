"""Delivers what the outbox holds, beside the calls, until somebody has taken it or never will."""

from __future__ import annotations

import asyncio

from app import Background, DatabaseUnavailable, Logger

from .delivery import Delivery, NotNow, RefusedForGood
from .domain import Clock
from .settings import EmailSettings
from .storage import Outbox, Taken

GRACE = 60.0
"""Seconds that a lease outlasts a delivery: replicas' clocks differ, and what was delivered has to be written down."""

NOTING = (0.1, 1.0, 5.0, 15.0)
"""Seconds between tries to write that down; together less than the grace."""


class Courier:
    """One in each process that runs the module. They share the outbox: what one has taken, no other delivers.

    A process that dies between the server's last word and its own note of it is the one case in which a message goes
    out twice, with the same Message-ID.
    """

    def __init__(
        self,
        outbox: Outbox,
        delivery: Delivery,
        settings: EmailSettings,
        clock: Clock,
        log: Logger,
        background: Background,
    ) -> None:
        self._outbox = outbox
        self._delivery = delivery
        self._settings = settings
        self._clock = clock
        self._log = log
        self._news = asyncio.Event()
        background.run(self.work, name="email.courier", restart="on-failure", attempts=None)

    def wake(self) -> None:
        """There is something new."""
        self._news.set()

    async def work(self) -> None:
        """Deliver for ever. Raises DatabaseUnavailable; its supervisor tries again."""
        while True:
            self._news.clear()
            if not await self.deliver_due():
                due = await self._outbox.next_due()
                pause = self._settings.poll if due is None else min(self._settings.poll, max(0.0, due - self._now()))
                try:
                    async with asyncio.timeout(pause):
                        await self._news.wait()
                except TimeoutError:
                    pass

    async def deliver_due(self) -> int:
        """Try what is due, once; how many that were."""
        due = await self._outbox.next_due()
        if due is None or due > self._now():
            return 0  # without a transaction: on SQLite it would keep writers waiting
        lease = self._settings.smtp_timeout + GRACE
        taken = await self._outbox.take(self._settings.at_once, self._now(), lease)
        done = await asyncio.gather(*(self._deliver(message) for message in taken), return_exceptions=True)
        for error in done:
            if error is not None:
                raise error
        return len(taken)

    async def _deliver(self, message: Taken) -> None:
        try:
            await self._delivery.send(message.id, message.recipient, message.content)
        except RefusedForGood as refused:
            await self._fail(message, str(refused))
        except NotNow as trouble:
            await self._postpone(message, str(trouble))
        except Exception as error:  # a message that breaks its delivery must not keep the others waiting
            self._log.exception("a delivery broke", message_id=message.id)
            await self._postpone(message, type(error).__name__)
        else:
            await self._note(message)
            self._log.info("a message was delivered", message_id=message.id, attempts=message.attempts)

    async def _note(self, message: Taken) -> None:
        """Write down that it was delivered, even if the database is away for a moment: else it would go out again."""
        for pause in NOTING:
            try:
                return await self._outbox.delivered(message)
            except DatabaseUnavailable:
                await asyncio.sleep(pause)
        return await self._outbox.delivered(message)

    async def _postpone(self, message: Taken, reason: str) -> None:
        said = self._settings
        pause = min(said.max_backoff, said.backoff * 2.0 ** min(message.attempts - 1, 60))
        due = self._now() + pause
        if due > message.accepted + said.give_up:
            await self._fail(message, f"given up: {reason}")
            return
        self._log.warning("a message could not be delivered yet", message_id=message.id, reason=reason, retry_in=pause)
        await self._outbox.postpone(message, due, reason)

    async def _fail(self, message: Taken, reason: str) -> None:
        self._log.error("a message will not be delivered", message_id=message.id, reason=reason)
        await self._outbox.failed(message, reason)

    def _now(self) -> float:
        return self._clock.now().timestamp()
