"""What travels with a call: deadline, principal, trace and declared metadata; nothing else.

One Ambient is in force for each scope (an incoming request, a `with deadline(…)`). Hot code reads it with `current()`
and tests `gate.expired`.
"""

from __future__ import annotations

import asyncio
import math
import weakref
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from threading import get_ident
from time import monotonic
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from .module.failure import DeadlineExceeded, FailedPrecondition

T = TypeVar("T")

GRAIN = 0.01  # seconds: deadlines end at most this much late
FAR = 1e9  # seconds: loops and gRPC count no further than their clocks, and nobody waits for it


class Principal(msgspec.Struct, frozen=True):
    """Who is calling, vouched for by the edge: a subject and its roles."""

    subject: str
    roles: frozenset[str] = frozenset()


class Expiry:
    """When a scope ends. Shared by everything inside the scope, whichever task runs it."""

    __slots__ = ("_cancelled", "_slot", "_task", "at", "expired")

    def __init__(self, at: float) -> None:
        self.at = at
        """On `time.monotonic`'s clock, in seconds."""
        self.expired = False
        self._task: asyncio.Task[Any] | None = None
        self._cancelled = False
        self._slot: set[Expiry] | None = None

    def remaining(self) -> float:
        """Seconds left, never below 0; infinite where there is no deadline."""
        return max(0.0, self.at - monotonic())

    def expire(self) -> None:
        """Mark the scope as over and end the work of the task that opened it."""
        self.expired = True
        if self._task is not None and not self._task.done():
            self._cancelled = True
            self._task.cancel("deadline exceeded")

    def lift(self) -> None:
        """Let the scope live on without an end: a response that streams has begun in time."""
        if self._slot is not None:
            self._slot.discard(self)
            self._slot = None
        self.at = math.inf


DEADLINE_PASSED = "the deadline passed"
NEVER = Expiry(math.inf)
CLOSED = Expiry(math.inf)
CLOSED.expired = True
_NO_METADATA: Mapping[str, Any] = MappingProxyType({})


class Ambient(msgspec.Struct, eq=False):
    """One scope's values. Immutable by agreement: `with_` derives another."""

    expiry: Expiry = NEVER
    principal: Principal | None = None
    trace: str = ""
    """The W3C `traceparent` that arrived, for forwarding where nothing records; empty otherwise."""
    metadata: Mapping[str, Any] = _NO_METADATA
    """Declared metadata by name."""
    held: str | None = None
    """Why no contract call may leave now, such as an open transaction."""
    span: Any = None
    """The recording span, whatever tracing makes of it; None where nothing records."""
    gate: Expiry = CLOSED
    """`gate.expired` is the one flag that hot code tests: false where a call has nothing else to look at."""

    def __post_init__(self) -> None:
        expiry = self.expiry
        self.gate = expiry if self.held is None and self.span is None and expiry is not NEVER else CLOSED

    def with_(self, **changes: Any) -> Ambient:
        """Another ambient with some values changed."""
        return msgspec.structs.replace(self, **changes)  # which runs __post_init__ again


NOTHING = Ambient()  # where no scope is
_current: ContextVar[Ambient | None] = ContextVar("pangaea_ambient", default=None)
current = _current.get  # the ambient in force, or None outside of every scope


@contextmanager
def using(ambient: Ambient) -> Generator[Ambient]:
    """Make an ambient the one in force. For edges, servers and threads; modules use `deadline` and `Metadata`."""
    token = _current.set(ambient)
    try:
        yield ambient
    finally:
        _current.reset(token)


def principal() -> Principal | None:
    """Who is calling, where somebody vouched for them."""
    ambient = current()
    return ambient.principal if ambient else None


def acting(principal: Principal) -> AbstractContextManager[Ambient]:
    """`with acting(Principal("ann")): …` vouches for somebody whom this code has found out by itself: calls made inside
    carry them. For a module that has just checked a password, say."""
    return using((current() or NOTHING).with_(principal=principal))


def remaining() -> float:
    """Seconds until the scope's deadline; infinite where there is none."""
    ambient = current()
    return ambient.expiry.remaining() if ambient else math.inf


def held(reason: str) -> AbstractContextManager[Ambient]:
    """Refuse contract calls inside: `held("a transaction is open")`."""
    return using((current() or NOTHING).with_(held=reason))


def held_back(ambient: Ambient, what: str) -> FailedPrecondition:
    """The failure of a call that was to leave while something is held."""
    return FailedPrecondition(f"{ambient.held}: {what} cannot be called inside; finish it first")


class Metadata(Generic[T]):
    """A typed value that travels with every call of a scope: `request_id = Metadata("request_id", str)`.

    `with request_id.set("r-1"): …` and `request_id.get()`. Declared once, at the top of a contract's file. header: the
    HTTP header that carries it to REST routes of methods which name it: `@command(metadata=[request_id])`. internal:
    between this deployment's processes alone; from outside it is not taken, and outside it is not told."""

    declared: ClassVar[weakref.WeakValueDictionary[str, Metadata[Any]]] = weakref.WeakValueDictionary()

    def __init__(self, name: str, type: type[T], *, header: str = "", internal: bool = False) -> None:
        self.name = name
        self.type = type
        self.header, self.internal = header, internal
        Metadata.declared[name] = self

    def get(self) -> T | None:
        """The value in force, or None."""
        ambient = current()
        return ambient.metadata.get(self.name) if ambient else None

    def set(self, value: T) -> AbstractContextManager[Ambient]:
        """Let a value travel with the calls made inside."""
        ambient = current() or NOTHING
        return using(ambient.with_(metadata={**ambient.metadata, self.name: value}))


class deadline(Expiry):  # noqa: N801  # reads as a statement
    """`with deadline(0.3): …` bounds a scope, in seconds. What remains travels with each call made inside.

    When time runs out the scope's task is cancelled at its next await and DeadlineExceeded leaves the block; a block
    that ends late raises it too. An outer deadline that ends sooner stays in force. `values` go into the Ambient.
    """

    __slots__ = ("_cancelling", "_token", "_values", "seconds")

    def __init__(self, seconds: float, **values: Any) -> None:
        self.seconds = seconds
        self._values = values
        self.at = math.inf
        self.expired = False
        self._task = None
        self._cancelled = False
        self._slot = None

    def __enter__(self) -> Ambient:
        outer = current() or NOTHING
        at = monotonic() + self.seconds
        expiry = self._begin(at) if not at >= outer.expiry.at else outer.expiry
        if self._values:
            ambient = outer.with_(expiry=expiry, **self._values)
        else:
            ambient = Ambient(expiry, outer.principal, outer.trace, outer.metadata, outer.held, outer.span)
        self._token: Token[Ambient | None] = _set(ambient)
        return ambient

    def _begin(self, at: float) -> Expiry:
        if at != at:
            raise ValueError("a deadline of nan seconds")
        self.at = at
        if self.seconds <= 0:
            self.expired = True
            return self
        loop, clock, thread = _latest
        task = _current_task(loop) if thread == get_ident() and loop is not None else None
        if task is None:
            loop, clock = _here()
            task = _current_task(loop) if loop is not None else None
        if task is not None and loop is not None:  # else: in a thread there is nobody to cancel
            self._task = task
            self._cancelling = task.cancelling()
            clock.add(self, loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _reset(self._token)
        slot = self._slot
        if slot is not None:
            slot.discard(self)
            self._slot = None
        task, self._task = self._task, None
        if kind is None:
            if not self.expired and monotonic() <= self.at:
                return  # the way of nearly all
            ours = True
        else:
            ours = False
        if self._cancelled and task is not None:
            untouched = task.uncancel() <= self._cancelling
            ours = ours or (untouched and kind is not None and issubclass(kind, asyncio.CancelledError))
        if ours or (isinstance(error, ExceptionGroup) and self._grouped(error)):
            self.expired = True
            raise DeadlineExceeded(DEADLINE_PASSED) from None

    def _grouped(self, group: ExceptionGroup[Exception]) -> bool:
        """Whether a task group failed of nothing but this deadline: the clocks of its calls may be a little ahead."""
        return self.at - monotonic() <= GRAIN + 0.01 * self.seconds and group.split(DeadlineExceeded)[1] is None


class incoming(deadline):  # noqa: N801  # reads as a statement
    """The scope of a request from outside, in seconds: `with incoming(30, principal=…, trace=…): …`.

    Nothing of an ambient around it stays in force: servers run handlers in whatever context started the server.
    """

    __slots__ = ()

    def __enter__(self) -> Ambient:
        expiry = self._begin(monotonic() + self.seconds) if self.seconds != math.inf else NEVER
        ambient = Ambient(expiry, **self._values)
        self._token = _set(ambient)
        return ambient


class _Clock:
    """One coarse timer for all deadlines of a loop: they are kept in slots of one GRAIN each."""

    __slots__ = ("__weakref__", "_slots")

    def __init__(self) -> None:
        self._slots: dict[int, set[Expiry]] = {}

    def add(self, expiry: Expiry, loop: asyncio.AbstractEventLoop) -> None:
        at = expiry.at
        number = int((at if at < FAR else FAR) / GRAIN) + 1
        slot = self._slots.get(number)
        if slot is None:
            slot = self._slots[number] = set()
            loop.call_later(max(0.0, number * GRAIN - monotonic()), self._end, number)
        slot.add(expiry)
        expiry._slot = slot

    def _end(self, number: int) -> None:
        for expiry in self._slots.pop(number):
            expiry._slot = None
            expiry.expire()


set_ambient = _set = _current.set
"""Puts an ambient in force for good: for contexts that somebody owns whole, such as a stream's."""
_reset = _current.reset
_current_task = asyncio.current_task
_clocks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Clock] = weakref.WeakKeyDictionary()
_latest: tuple[asyncio.AbstractEventLoop | None, _Clock, int] = (None, _Clock(), 0)
"""The loop asked for last, its clock and its thread: asking for the running loop costs a system call on 3.11."""


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
