"""Which reads a replica may answer: those of a query method, unless a command is waiting for them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..ambient import NOTHING, Metadata, current, set_ambient
from ..module.spec import ContractSpec

FRESH = Metadata("fresh-reads", bool, internal=True)
"""Set while a command works: whatever it asks, here or in other processes, must see what has just been written."""
_querying: ContextVar[bool] = ContextVar("pangaea_querying", default=False)


def may_lag() -> bool:
    """Whether a read may be answered from a replica here."""
    return _querying.get() and not FRESH.get()


@contextmanager
def querying() -> Generator[None]:
    """What is read inside may come from a replica."""
    token = _querying.set(True)
    try:
        yield
    finally:
        _querying.reset(token)


def marked(spec: ContractSpec, methods: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """A contract's methods, by name, so that what they read can be told apart. For processes that have a replica."""
    made: dict[str, Callable[..., Any]] = {}
    for name, bound in methods.items():
        method = spec.methods[name]
        if method.streams_out:
            made[name] = _stream(bound, query=method.declaration.effect == "query")
        else:
            made[name] = _query(bound) if method.declaration.effect == "query" else _command(bound)
    return made


def _query(bound: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(*args: Any, **named: Any) -> Any:
        with querying():
            return await bound(*args, **named)

    return answer


def _command(bound: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(*args: Any, **named: Any) -> Any:
        with FRESH.set(True):
            return await bound(*args, **named)

    return answer


def _stream(bound: Callable[..., Any], *, query: bool) -> Callable[..., Any]:
    def begin(*args: Any, **named: Any) -> Any:
        if query:  # for good: a stream has its context to itself
            _querying.set(True)
        else:
            ambient = current() or NOTHING
            set_ambient(ambient.with_(metadata={**ambient.metadata, FRESH.name: True}))
        return bound(*args, **named)

    return begin
