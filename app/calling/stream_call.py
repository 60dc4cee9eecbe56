"""A binding's side of one stream: the gates before its first item, the books after its last."""

from __future__ import annotations

from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from ..ambient import DEADLINE_PASSED, NEVER, NOTHING, Ambient, current, held_back
from ..module.failure import DeadlineExceeded, Failure

if TYPE_CHECKING:
    from .lane import Lane
    from .observer import Span


class StreamCall:
    """The binding's side of one stream."""

    __slots__ = ("_ambient", "_began", "_breaker", "_lane", "_probe", "_span", "_weight")

    def __init__(self, lane: Lane, ambient: Ambient) -> None:
        self._lane = lane
        self._ambient = ambient
        self._span: Span | None = None

    def begins(self) -> Ambient:
        lane, ambient, guards = self._lane, self._ambient, self._lane.guards
        lane.calls += 1
        try:
            for held in (ambient, current() or NOTHING):
                if held.held is not None:
                    raise held_back(held, lane.side.method.full_name)
            if ambient.expiry.expired or ambient.expiry.at <= monotonic():
                raise DeadlineExceeded(DEADLINE_PASSED)
            guards.enter()
            try:
                self._breaker = lane.watched
                self._probe = guards.admit(self._breaker)
            except Failure:
                guards.running -= 1
                raise
        except Failure as failure:
            lane.done += 1
            lane.count_failure(failure)
            raise
        if guards.observer is not None and (ambient.expiry is NEVER or ambient.span is not None):
            self._span = guards.observer.leaves(lane.side.method, lane.target.placement, ambient)
            if self._span is not None:
                ambient = ambient.with_(trace=self._span.ambient.trace, span=self._span.ambient.span)
        self._weight = 0 if lane.calls & lane.sampling else lane.weight()
        self._began = perf_counter()
        return ambient

    def ended(self, failure: BaseException | None) -> None:
        lane, guards = self._lane, self._lane.guards
        expired = self._ambient.expiry.expired
        guards.running -= 1
        guards.report(self._breaker, failure, expired, self._probe)
        if failure is not None:
            lane.count_failure(failure, expired)
        if self._span is not None:
            self._span.ends(failure)
        if self._weight:
            lane.lasted(self._began, self._weight)
        else:
            lane.done += 1
