"""Scopes with an end: `with deadline(…)` for modules, `with incoming(…)` for edges; one coarse timer for all of them."""

from __future__ import annotations

import asyncio
import math
import os
import sys
import weakref
from collections.abc import Callable
from contextvars import Token
from threading import get_ident
from time import monotonic
from types import TracebackType
from typing import Any

from ..module.failure import DeadlineExceeded
from .expiry import DEADLINE_PASSED, FAR, GRAIN, NEVER, Expiry
from .scope import NOTHING, Ambient, current, reset_ambient, set_ambient


class deadline(Expiry):  # noqa: N801  # reads as a statement
    """`with deadline(0.3): …` bounds a scope, in seconds. What remains travels with each call made inside.

    When time runs out the scope's task is cancelled at its next await and DeadlineExceeded leaves the block; a block
    that ends late raises it too. An outer deadline that ends sooner stays in force. `values` go into the Ambient.
    """

    __slots__ = ("_cancelling", "_token", "_values", "seconds")

    def __init__(self, seconds: float, **values: Any) -> None:
        self._token: Token[Ambient | None]
        self.seconds = seconds
        self._values = values
        self.at = math.inf
        self.expired = False
        self.task = None
        self._cancelled = None
        self._slot = None

    def __enter__(self) -> Ambient:
        outer = current() or NOTHING
        at = monotonic() + self.seconds
        ends = outer.expiry
        if at >= ends.at and (ends.task is not None or ends._cancelled is not None) and _ends_us(ends):
            expiry = ends
        else:
            expiry = self
            if at >= ends.at:  # it ends another task than ours, or nobody any more
                self.seconds, at = ends.remaining(), ends.at
            self._begin(at)
            if outer is NOTHING and not self._values:  # as where a call finds no scope and opens its own
                ambient = Ambient(self, gate=self)
                self._token = _set(ambient)
                return ambient
        if self._values:
            ambient = outer.with_(expiry=expiry, **self._values)
        else:
            free = outer.held is None and outer.span is None
            gate = outer.gate if expiry is not self else self if free else NEVER
            ambient = Ambient(expiry, outer.principal, outer.trace, outer.metadata, outer.held, outer.span, gate)
        self._token = _set(ambient)
        return ambient

    def _begin(self, at: float) -> None:
        self.at = at
        self.expired = self.seconds <= 0
        if at != at:
            raise ValueError("a deadline of nan seconds")
        loop, clock, thread = _latest
        task = task_of(loop) if thread == get_ident() else None
        if task is None:
            loop, clock = _here()
            task = task_of(loop) if loop is not None else None
            if task is None:  # in a thread there is nobody to cancel
                return
        self._cancelling = task.cancelling()
        if self.expired:  # nothing may begin; who waits inside all the same does so for no more than a turn
            self._slot = {self}
            loop.call_soon(_cut, self._slot, task)  # type: ignore[union-attr]  # who has a task has a loop
            return
        self.task = task
        number = int((at if at < FAR else FAR) / GRAIN) + 1
        slot = clock.slots.get(number)
        if slot is None:
            slot = clock.slot(number, loop)
        slot.add(self)
        self._slot = slot

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            _reset(self._token)
        except ValueError:  # a generator that somebody else closes: whoever read it has this scope in force for ever
            self.lift()
        slot = self._slot
        if slot is not None:
            slot.discard(self)
            self._slot = None
        self.task = None
        if kind is None:
            if not self.expired and monotonic() <= self.at:
                return  # the way of nearly all
            ours = True
        else:
            ours = False
        task = self._cancelled
        if task is not None:
            self._cancelled = None
            untouched = task.uncancel() <= self._cancelling
            ours = ours or (untouched and kind is not None and issubclass(kind, asyncio.CancelledError))
        if ours or (isinstance(error, ExceptionGroup) and self._grouped(error)):
            self.expired = True
            raise DeadlineExceeded(DEADLINE_PASSED) from None

    def _grouped(self, group: ExceptionGroup[Exception]) -> bool:
        """Whether a task group failed of nothing but this deadline: the clocks of its calls may be a little ahead."""
        return self.at - monotonic() <= GRAIN + 0.01 * self.seconds and group.split(DeadlineExceeded)[1] is None


class incoming(deadline):  # noqa: N801  # reads as a statement
    """The scope of a request from outside, in seconds: `with incoming(30, Ambient(principal=…, trace=…)): …`.

    Nothing of an ambient around it stays in force: servers run handlers in whatever context started the server. The
    Ambient is the request's own; it gets its deadline here.
    """

    __slots__ = ("_ambient",)

    def __init__(self, seconds: float, ambient: Ambient) -> None:
        self.seconds = seconds  # all written out: asking `super` would be one more call for every request
        self._ambient: Ambient | None = ambient
        self.at = math.inf
        self.expired = False
        self.task = None
        self._cancelled = None
        self._slot = None

    def __enter__(self) -> Ambient:
        ambient, self._ambient = self._ambient, None  # it holds its expiry: a circle would wait for the collector
        assert ambient is not None
        if self.seconds != math.inf:
            self._begin(monotonic() + self.seconds)
            ambient.expiry = self
            if ambient.span is None:
                ambient.gate = self
        self._token = _set(ambient)
        return ambient


class _Clock:
    """One coarse timer for all deadlines of a loop: they are kept in slots of one GRAIN each."""

    __slots__ = ("__weakref__", "slots")

    def __init__(self) -> None:
        self.slots: dict[int, set[Expiry]] = {}

    def slot(self, number: int, loop: Any) -> set[Expiry]:
        """A new slot; all that is in it ends with it."""
        slot = self.slots[number] = set()
        loop.call_later(max(0.0, number * GRAIN - monotonic()), self._end, number)
        return slot

    def _end(self, number: int) -> None:
        for expiry in self.slots.pop(number):
            expiry._slot = None
            expiry.expire()


def _cut(slot: set[Expiry], task: asyncio.Task[Any]) -> None:
    """End the work of whoever is still in a scope that had no time to begin with."""
    for expiry in slot:
        expiry._slot, expiry.task = None, task
        expiry.expire()


def _ends_us(expiry: Expiry) -> bool:
    """Whether a scope ends what runs here, or has done so. In a thread there is nobody to end, and any scope will do."""
    loop, _, thread = _latest
    task = task_of(loop) if thread == get_ident() else None
    if task is None:
        loop = asyncio._get_running_loop()
        task = task_of(loop) if loop is not None else None
    return task is None or task is expiry.task or task is expiry._cancelled


_set, _reset = set_ambient, reset_ambient
task_of: Callable[[Any], asyncio.Task[Any] | None] = (
    asyncio.tasks._current_tasks.get  # type: ignore[attr-defined]  # stubs leave it out; `current_task` reads it
    if sys.version_info < (3, 12)
    else asyncio.current_task
)
"""The task that a loop runs. On 3.11 `current_task` is Python around this very look."""
_clocks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Clock] = weakref.WeakKeyDictionary()
_latest: tuple[asyncio.AbstractEventLoop | None, _Clock, int] = (None, _Clock(), 0)
"""The loop asked for last, its clock and its thread: asking for the running loop costs a system call on 3.11."""


def _ask_again() -> None:
    """A fork's thread has its parent's name, and its parent's loop a task there, for ever."""
    global _latest
    _latest = (None, _Clock(), 0)


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_ask_again)


def _here() -> tuple[asyncio.AbstractEventLoop | None, _Clock]:
    global _latest
    loop = asyncio._get_running_loop()
    if loop is None:
        return None, _latest[1]
    clock = _clocks.get(loop)
    if clock is None:
        clock = _clocks[loop] = _Clock()
    _latest = (loop, clock, get_ident())
    return loop, clock
