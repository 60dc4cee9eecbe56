"""Lifecycle: constructors hand in what starts and what stops them; the hooks wait here for `app.wiring.life`."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .nodes import Node

Call = Callable[[], Awaitable[object] | object]
"""Sync or async, without arguments; the result does not matter."""


class StateError(RuntimeError):
    """Something was asked for at a time at which it makes no sense, such as a second start."""


@dataclass(slots=True, eq=False)
class Hook:
    """One pair of start and stop. Timeouts are seconds, beside the deadlines of the whole."""

    name: str
    start: Call | None
    stop: Call | None
    start_timeout: float | None
    stop_timeout: float | None
    passing: bool = False
    """Added while starting: it belongs to this run and is forgotten when it has been stopped."""


class Phase(Enum):
    """Where a life stands."""

    NEW = "new"
    STARTING = "starting"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    CLOSED = "closed"


class Listening(Protocol):
    """Whoever runs hooks."""

    phase: Phase

    def hooked(self, node: Node, hook: Hook) -> None:
        """Told of each new hook before it is kept. Raises StateError where it comes too late."""
        ...


class Hooks:
    """The hooks of each node, in the order in which they were handed in."""

    def __init__(self) -> None:
        self.of: dict[Node, list[Hook]] = {}
        self.life: Listening | None = None

    @property
    def phase(self) -> Phase:
        """Where the life that runs them stands."""
        return Phase.NEW if self.life is None else self.life.phase

    def add(self, node: Node, hook: Hook) -> None:
        """Keep a hook. Raises StateError where the life is past the point at which it could be run."""
        if self.life is not None:
            self.life.hooked(node, hook)
        self.of.setdefault(node, []).append(hook)

    def forget(self, node: Node) -> None:
        """Drop the passing hooks of a node."""
        self.of[node] = [hook for hook in self.of[node] if not hook.passing]


class Lifecycle:
    """Inject it to be started and stopped with the host. It knows whose constructor asked: hooks start after those of
    whatever that constructor was given, and stop before them."""

    __slots__ = ("_hooks", "_node")

    def __init__(self, hooks: Hooks, node: Node) -> None:
        self._hooks, self._node = hooks, node

    def hook(
        self,
        *,
        start: Call | None = None,
        stop: Call | None = None,
        name: str = "",
        start_timeout: float | None = None,
        stop_timeout: float | None = None,
    ) -> None:
        """Add a hook; several run in this order and stop in the reverse.

        start, stop: sync or async, without arguments. A stop runs only where its start ended well. name: by default
        the constructor's. Timeouts: seconds for this hook alone. Raises StateError once the host has started, unless
        there is nothing to start; a start hook itself may add hooks. Raises TypeError for what cannot be called.
        """
        for what, call in (("start", start), ("stop", stop)):
            if call is not None and not callable(call):
                if inspect.iscoroutine(call):
                    call.close()
                raise TypeError(f"{what}= of a hook of {self._node.label} is {call!r}: hand in the function, uncalled")
        self._hooks.add(self._node, Hook(name or self._node.label, start, stop, start_timeout, stop_timeout))
