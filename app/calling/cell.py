"""The cell behind a method: the lane that its calls take now, and those that are still emptying."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..ambient import NEVER, NOTHING, Expiry, current
from .counts import Counts, total
from .lane import Lane
from .stream_call import StreamCall

if TYPE_CHECKING:
    from .guards import Guards
    from .streams import Stream
    from .target import Side, Target


class Cell:
    """One method of one binding."""

    __slots__ = ("_followers", "_guards", "_old", "_past", "_stream", "lane", "side")

    def __init__(self, side: Side, guards: Guards, target: Target) -> None:
        self.side = side
        self._guards = guards
        self._past = Counts()
        self._old: list[Lane] = []
        self._followers: list[Callable[[Lane], None]] = []
        self.lane = Lane(side, guards, target)
        self._stream = target.streaming(side) if side.method.streams_out else None

    def turn_to(self, target: Target) -> Lane:
        """Let another target answer from now on; returns the lane that empties."""
        before = self.lane
        self._old.append(before)
        self._fold()
        self._stream = target.streaming(self.side) if self.side.method.streams_out else None
        self.lane = Lane(self.side, self._guards, target)
        for turn in self._followers:
            turn(self.lane)
        return before

    def follow(self, turn: Callable[[Lane], None]) -> None:
        """Tell somebody the lane, now and whenever it changes."""
        self._followers.append(turn)
        turn(self.lane)

    @property
    def counts(self) -> Counts:
        """What has been counted so far, whichever target answered."""
        return total((self._past, *self._old, self.lane))

    def stream(self, args: tuple[Any, ...], arrived: bool = False) -> Stream:
        """A stream of answers; the call begins with its first item. `arrived`: from another process."""
        declared = self.side.method.declaration.deadline
        ambient = current() or NOTHING
        expiry = ambient.expiry
        if declared is not None and expiry.task is None and expiry.at == NEVER.at:
            ambient = ambient.with_(expiry=Expiry(monotonic() + declared))
        return self.streamed(StreamCall(self, ambient, args, arrived), args)

    def streamed(self, call: StreamCall, args: tuple[Any, ...]) -> Stream:
        """One try of a call: a stream of whoever answers now."""
        assert self._stream is not None
        return self._stream(call, args)

    def _fold(self) -> None:
        self._past = total((self._past, *(lane for lane in self._old if not lane.running)))
        self._old = [lane for lane in self._old if lane.running]
