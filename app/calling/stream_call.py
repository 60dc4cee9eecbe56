"""A binding's side of one stream: the gates before its first item, further tries, the books after its last."""

from __future__ import annotations

import asyncio
from contextvars import Context
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, NEVER, NOTHING, Ambient, current, held_back
from ..module.failure import DeadlineExceeded, Failure, Unavailable
from .crossing import NESTED, marked

if TYPE_CHECKING:
    from .cell import Cell
    from .lane import Lane
    from .observer import Span
    from .streams import Stream


class StreamCall:
    """One call, with however many tries: each is a stream of its own, made by whoever answers then."""

    __slots__ = ("_again_after", "_ambient", "_args", "_arrived", "_began", "_breaker", "_cell", "_context",
                 "_entered", "_lane", "_probe", "_span", "_tries", "_unread", "_weight")  # fmt: skip

    def __init__(self, cell: Cell, ambient: Ambient, args: tuple[Any, ...], arrived: bool) -> None:
        self._cell = cell
        self._lane: Lane = cell.lane
        self._ambient = ambient
        self._args: tuple[Any, ...] = args
        self._arrived = arrived
        self._span: Span | None = None
        self._entered = False
        self._unread = True
        self._tries = 0
        self._again_after: float | None = None
        self._weight = 0
        self._began = 0.0

    def begins(self, context: Context) -> Ambient:
        self._tries += 1
        lane = self._lane
        if self._tries == 1:
            lane.calls += 1
            self._weight = 0 if lane.calls & lane.sampling else lane.weight()
            self._began = perf_counter()
        try:
            self._passes(lane)
        except Failure as failure:
            self._over(failure)
            raise
        ambient, observer = self._ambient, lane.guards.observer
        if observer is not None and self._tries == 1 and self._leaves(ambient):
            self._context = context
            self._span = span = context.run(observer.leaves, lane.side.method, lane.target.placement, ambient)
            if span is not None:
                self._ambient = ambient.with_(trace=span.ambient.trace, span=span.ambient.span)
        return self._ambient

    def _leaves(self, ambient: Ambient) -> bool:
        """Whether there is a caller's side of this call to record. One that has come from elsewhere and is answered here
        has its span."""
        if self._arrived and self._lane.target.placement == "local":
            return False
        return ambient.expiry is NEVER or ambient.span is not None

    def _passes(self, lane: Lane) -> None:
        """The gates of a try. Raises what refuses it."""
        ambient, guards = self._ambient, lane.guards
        for held in (ambient, current() or NOTHING):
            if held.held is not None:
                raise held_back(held, lane.side.method.full_name)
        if ambient.expiry.expired or ambient.expiry.at <= monotonic():
            raise DeadlineExceeded(DEADLINE_PASSED)
        if not self._entered:
            guards.enter()
            self._entered = True
        self._breaker = lane.watched
        self._probe = guards.admit(self._breaker)

    def answered(self) -> None:
        self._unread = False
        self._args = ()

    def ended(self, failure: BaseException | None) -> None:
        expired, left = self._ambient.expiry.expired, isinstance(failure, GeneratorExit)
        told = None if left and not self._unread else failure  # who left before the first item knows of no answer
        self._lane.guards.report(self._breaker, told, expired, self._probe)
        if self._unread and isinstance(failure, Unavailable) and not expired:
            self._again_after = self._pause(failure)
            if self._again_after is not None:
                self._breaker, self._probe = None, False  # it has been told
                return
        self._over(None if left else failure)

    def elsewhere(self) -> Stream | None:
        if self._lane is self._cell.lane:
            return None
        self._lane = self._cell.lane
        return self._cell.streamed(self, self._args)

    async def again(self, error: BaseException) -> bool:
        pause, self._again_after = self._again_after, None
        if pause is None:
            return False
        if not isinstance(error, Unavailable):
            self._over(error)
            return False
        try:
            await asyncio.sleep(pause)
        except BaseException as cancelled:
            self._over(cancelled)
            raise
        return True

    def anew(self) -> Stream:
        lane, now = self._lane, self._cell.lane
        if lane is not now:  # swapped meanwhile: whoever waits for the old target need not wait for this
            lane.hand_over(now, self._weight)
            self._lane = now
        return self._cell.streamed(self, self._args)

    def _pause(self, failure: Unavailable) -> float | None:
        """How long to wait before another try; None where there is none. If the call came from elsewhere and is answered
        here, its caller is the one to try again."""
        lane = self._lane
        if self._arrived and lane.target.placement == "local":
            return None
        if not lane.guards.retriable(lane, failure):
            return None
        return lane.guards.pause(lane, self._ambient, failure, self._tries)

    def _over(self, failure: BaseException | None) -> None:
        lane, guards = self._lane, self._lane.guards
        if self._entered:
            guards.running -= 1
        if failure is not None:
            lane.count_failure(failure, self._ambient.expiry.expired)
            if self._arrived and isinstance(failure, Unavailable) and lane.target.placement != "local":
                marked(failure, NESTED)
        lane.over(self._began, self._weight)
        if self._span is not None:
            self._context.run(self._span.ends, failure)
