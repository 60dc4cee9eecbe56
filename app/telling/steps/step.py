"""Step, and the Teller that hands each one to every listener."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the host did. `module` names whose doing it was; empty for the host itself."""

    module: str = ""


Listener = Callable[[Step], None]


class Teller:
    """Hands every step to every listener, in order of registration. A listener that raises silences only itself."""

    __slots__ = ("_listeners",)

    def __init__(self, *listeners: Listener) -> None:
        self._listeners: list[Listener] = list(listeners)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned function removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def __call__(self, step: Step) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(step)
            except Exception:  # telling must never change what is told
                continue
