"""A scope's values, and which scope is in force."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

import msgspec

from ..module.failure import FailedPrecondition
from .expiry import NEVER, Expiry

_NO_METADATA: Mapping[str, Any] = MappingProxyType({})


class Principal(msgspec.Struct, frozen=True):
    """Who is calling, vouched for by the edge: a subject and its roles."""

    subject: str
    roles: frozenset[str] = frozenset()


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
    gate: Expiry = NEVER
    """`gate.task` is all that hot code tests: where it is somebody's, a call has nothing else to look at. Who makes an
    Ambient that has a deadline, records nothing and is not held may put its expiry here; NEVER is always right, and
    slower."""

    def with_(self, **changes: Any) -> Ambient:
        """Another ambient with some values changed."""
        other = msgspec.structs.replace(self, **changes)
        plain = other.held is None and other.span is None
        other.gate = other.expiry if plain else NEVER
        return other


NOTHING = Ambient()
"""Where no scope is."""
_current: ContextVar[Ambient | None] = ContextVar("pangaea_ambient", default=None)
current = _current.get
"""The ambient in force, or None outside of every scope."""
set_ambient, reset_ambient = _current.set, _current.reset
"""Puts an ambient in force for good, and undoes it: for whoever owns a context whole, such as a stream's."""


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
