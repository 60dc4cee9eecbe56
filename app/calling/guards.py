"""What stands between a call and its target by policy: a limit, a breaker, further tries."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, Ambient
from ..module.failure import DeadlineExceeded, Failure, ResourceExhausted, Unavailable
from .crossing import NESTED, SENT_ON, UNPROCESSED, is_marked
from .policy import Breaker, Policy, RetryBudget
from .target import Target, Unary

if TYPE_CHECKING:
    from .lane import Lane
    from .observer import Observer


class Guards:
    """One binding's: shared by all of its methods."""

    def __init__(self, contract: str, policy: Policy, observer: Observer | None) -> None:
        self.contract = contract
        self.policy = policy
        self.observer = observer
        self.breaker: Breaker | None = None
        """The present target's; each lane keeps that of its own."""
        self.budget = RetryBudget(policy.retry_budget)
        self.running = 0
        """Calls in flight, exact where they are limited."""

    def turn_to(self, target: Target) -> None:
        """Another target answers from now on. A breaker watches over others' processes: of what is answered in this one
        nothing can be unreachable, and every call would pay for asking."""
        failures = 0 if target.placement in ("local", "nowhere") else self.policy.breaker_failures
        self.breaker = Breaker(failures, self.policy.breaker_pause) if failures else None

    @property
    def in_the_way(self) -> bool:
        """Whether every call has to pass here."""
        return self.breaker is not None or self.policy.max_concurrency > 0

    async def call(self, lane: Lane, answer: Unary, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        """A call that leaves its caller: limited, and tried as often as may be."""
        if ambient.expiry.expired or ambient.expiry.at <= monotonic():
            raise DeadlineExceeded(DEADLINE_PASSED)
        if not self.in_the_way:
            try:
                return await answer(ambient, args)
            except Unavailable as error:
                if not self.retriable(lane, error):
                    raise
                failure = error
            try:
                return await self.again(lane, answer, ambient, args, failure)
            finally:
                del failure
        self.enter()
        try:
            breaker = lane.watched
            probe = self.admit(breaker)
            try:  # as in `_watched`, which would be one more coroutine for each call to another process
                result = await answer(ambient, args)
            except BaseException as error:
                self.report(breaker, error, ambient.expiry.expired, probe)
                if not (isinstance(error, Unavailable) and self.retriable(lane, error)):
                    raise
                failure = error
            else:
                if breaker is not None:
                    breaker.succeeded()
                return result
            try:
                return await self.again(lane, answer, ambient, args, failure)
            finally:
                del failure
        finally:
            self.running -= 1

    async def once(self, lane: Lane, answer: Unary, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        """A call whose caller is elsewhere, and does the trying itself."""
        if ambient.expiry.expired:
            raise DeadlineExceeded(DEADLINE_PASSED)
        self.enter()
        try:
            return await self._watched(lane, answer, ambient, args)
        finally:
            self.running -= 1

    def retriable(self, lane: Lane, failure: Failure) -> bool:
        """Whether a try that ended like this may be followed by another."""
        method = lane.side.method
        return (
            isinstance(failure, Unavailable)
            and self.policy.attempts > 1
            and (method.retriable or (is_marked(failure, UNPROCESSED) and not method.streams_in))
            and not is_marked(failure, NESTED)
        )

    async def again(self, lane: Lane, answer: Unary, ambient: Ambient, args: tuple[Any, ...], failure: Failure) -> Any:
        """Further tries after a failed one, within the attempts, the budget and the deadline."""
        tries = 1
        try:
            while (pause := self.pause(lane, ambient, failure, tries)) is not None:
                await asyncio.sleep(pause)
                try:
                    return await self._watched(lane, answer, ambient, args)
                except Unavailable as error:
                    if not self.retriable(lane, error):
                        raise
                    failure = error
                tries += 1
            raise failure
        finally:
            del failure  # its traceback holds this frame: a circle would wait for the collector

    def pause(self, lane: Lane, ambient: Ambient, failure: Failure, tries: int) -> float | None:
        """How long to wait before another try, in seconds; None where no attempts, no time or no budget are left."""
        if tries >= self.policy.attempts:
            return None
        pause = self.policy.pause(tries)
        if ambient.expiry.remaining() <= pause:
            return None
        return pause if is_marked(failure, SENT_ON) or self.budget.take(lane.unpaid()) else None

    def enter(self) -> None:
        """Count a call in. Raises ResourceExhausted; whoever was let in must take 1 off `running`."""
        most = self.policy.max_concurrency
        if most and self.running >= most:
            raise ResourceExhausted(f"{most} calls of {self.contract} are in flight already")
        self.running += 1

    def admit(self, breaker: Breaker | None) -> bool:
        """Ask a lane's breaker: whether the call is its probe. Raises Unavailable; whoever was admitted must `report`."""
        if breaker is None:
            return False
        if not breaker.admits():
            raise Unavailable(f"{self.contract} failed too often; calls pause for a moment")
        return breaker.probing

    @staticmethod
    def report(breaker: Breaker | None, error: BaseException | None, expired: bool, probe: bool = False) -> None:
        """Tell the breaker that admitted a call how it ended: after a swap that is no longer the present one."""
        if breaker is None:
            return
        if error is not None and is_marked(error, SENT_ON):
            if probe:
                breaker.abandoned()
        elif isinstance(error, (Unavailable, DeadlineExceeded)) or (error is not None and expired):
            breaker.failed()
        elif error is None or isinstance(error, Failure):  # it answered
            breaker.succeeded()
        elif probe:  # any other call that says nothing leaves a probe under way alone
            breaker.abandoned()

    async def _watched(self, lane: Lane, answer: Unary, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        breaker = lane.watched
        if breaker is None:
            return await answer(ambient, args)
        probe = self.admit(breaker)
        try:
            result = await answer(ambient, args)
        except BaseException as error:
            self.report(breaker, error, ambient.expiry.expired, probe)
            raise
        self.report(breaker, None, False)
        return result
