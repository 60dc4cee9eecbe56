"""What travels with a call: deadline, principal, trace and declared metadata; nothing else.

One Ambient is in force for each scope (an incoming request, a `with deadline(…)`). Hot code reads it with `current()`
and tests two attributes: `held` (why no call may leave now, None mostly) and `expiry.expired`.
"""

from __future__ import annotations

import asyncio
import math
import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from time import monotonic
from types import TracebackType
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from .module.failure import DeadlineExceeded

T = TypeVar("T")

GRAIN = 0.01
"""Seconds: deadlines end at most this much late."""


class Principal(msgspec.Struct, frozen=True):
    """Who is calling, vouched for by the edge: a subject and its roles."""

    subject: str
    roles: frozenset[str] = frozenset()


class Expiry:
    """When a scope ends. Shared by everything inside the scope, whichever task runs it."""

    __slots__ = ("__weakref__", "_cancelled", "_slot", "_task", "at", "expired")

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


NEVER = Expiry(math.inf)
_NOTHING: Mapping[str, Any] = {}


class Ambient:
    """One scope's values. Immutable by agreement: `with_` derives another."""

    __slots__ = ("expiry", "held", "metadata", "principal", "trace")

    def __init__(
        self,
        expiry: Expiry = NEVER,
        principal: Principal | None = None,
        trace: str = "",
        metadata: Mapping[str, Any] = _NOTHING,
        held: str | None = None,
    ) -> None:
        self.expiry = expiry
        self.principal = principal
        self.trace = trace
        """The W3C `traceparent` that arrived, for forwarding where nothing records; empty otherwise."""
        self.metadata = metadata
        """Declared metadata by name."""
        self.held = held
        """Why no contract call may leave now, such as an open transaction."""

    def with_(self, **changes: Any) -> Ambient:
        """Another ambient with some values changed."""
        return Ambient(
            changes.get("expiry", self.expiry),
            changes.get("principal", self.principal),
            changes.get("trace", self.trace),
            changes.get("metadata", self.metadata),
            changes.get("held", self.held),
        )


_NONE = Ambient()
_current: ContextVar[Ambient | None] = ContextVar("pangaea_ambient", default=None)
current = _current.get
"""The ambient in force, or None outside of every scope."""


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


def remaining() -> float:
    """Seconds until the scope's deadline; infinite where there is none."""
    ambient = current()
    return ambient.expiry.remaining() if ambient else math.inf


@contextmanager
def held(reason: str) -> Generator[None]:
    """Refuse contract calls inside: `held("a transaction is open")`."""
    with using((current() or _NONE).with_(held=reason)):
        yield


class Metadata(Generic[T]):
    """A typed value that travels with every call of a scope: `request_id = Metadata("request_id", str)`.

    `with request_id.set("r-1"): …` and `request_id.get()`. Declared once, at the top of a contract's file.
    """

    declared: ClassVar[weakref.WeakValueDictionary[str, Metadata[Any]]] = weakref.WeakValueDictionary()

    def __init__(self, name: str, type: type[T]) -> None:
        self.name = name
        self.type = type
        Metadata.declared[name] = self

    def get(self) -> T | None:
        """The value in force, or None."""
        ambient = current()
        return ambient.metadata.get(self.name) if ambient else None

    @contextmanager
    def set(self, value: T) -> Generator[None]:
        """Let a value travel with the calls made inside."""
        ambient = current() or _NONE
        with using(ambient.with_(metadata={**ambient.metadata, self.name: value})):
            yield


class deadline:  # noqa: N801  # reads as a statement
    """`with deadline(0.3): …` bounds a scope, in seconds. What remains travels with each call made inside.

    When time runs out the scope's task is cancelled at its next await and DeadlineExceeded leaves the block; a block
    that ends late raises it too. An outer deadline that ends sooner stays in force. `values` go into the Ambient.
    """

    __slots__ = ("_cancelling", "_expiry", "_token", "_values", "seconds")

    def __init__(self, seconds: float, **values: Any) -> None:
        self.seconds = seconds
        self._values = values
        self._expiry: Expiry | None = None
        self._cancelling = 0

    def __enter__(self) -> Ambient:
        outer = _current.get() or _NONE
        expiry = outer.expiry
        at = monotonic() + self.seconds
        if at < expiry.at:
            self._expiry = expiry = Expiry(at)
            if self.seconds <= 0:
                expiry.expired = True
            else:
                task = asyncio.current_task()
                if task is not None:
                    expiry._task = task
                    self._cancelling = task.cancelling()
                    _clock().add(expiry)
        values = self._values
        ambient = outer.with_(expiry=expiry, **values) if values else Ambient(
            expiry, outer.principal, outer.trace, outer.metadata, outer.held
        )  # fmt: skip
        self._token: Token[Ambient | None] = _current.set(ambient)
        return ambient

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _current.reset(self._token)
        expiry = self._expiry
        if expiry is None:
            return
        if expiry._slot is not None:
            expiry._slot.discard(expiry)
        task, expiry._task = expiry._task, None
        ours = False
        if expiry._cancelled and task is not None:
            ours = task.uncancel() <= self._cancelling and kind is not None and issubclass(kind, asyncio.CancelledError)
        late = kind is None and (expiry.expired or monotonic() > expiry.at)
        if ours or late:
            expiry.expired = True
            raise DeadlineExceeded("the deadline passed") from None


class _Clock:
    """One coarse timer for all deadlines of a loop: they are kept in slots of one GRAIN each."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots: dict[int, set[Expiry]] = {}

    def add(self, expiry: Expiry) -> None:
        number = int(expiry.at / GRAIN) + 1
        slot = self._slots.get(number)
        if slot is None:
            slot = self._slots[number] = set()
            delay = max(0.0, number * GRAIN - monotonic())
            self._loop.call_later(delay, self._end, number)
        slot.add(expiry)
        expiry._slot = slot

    def _end(self, number: int) -> None:
        for expiry in self._slots.pop(number):
            expiry._slot = None
            expiry.expire()


_clocks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Clock] = weakref.WeakKeyDictionary()


def _clock() -> _Clock:
    loop = asyncio.get_running_loop()
    clock = _clocks.get(loop)
    if clock is None:
        clock = _clocks[loop] = _Clock(loop)
    return clock
