"""Health over HTTP: alive (the loop turns) and ready (this process has what it needs of its own)."""

from __future__ import annotations

from collections.abc import Callable

from .answers import Answer, encode
from .front import Page

Need = Callable[[], str]
"""Says what is missing right now, or an empty string. Called for each question: it must be quick."""


class Health:
    """What `/healthz` and `/readyz` say. A missing neighbour is none of its business: calls to it are Unavailable."""

    def __init__(self) -> None:
        self._needs: dict[str, Need] = {}
        self.ready = False
        """Set by the host: true between the end of the start and the beginning of the drain."""
        self.why_not = "the process is starting"
        """The reason given while `ready` is false."""

    def need(self, name: str, missing: Need) -> None:
        """Readiness asks this too, such as whether the pool of connections is open."""
        self._needs[name] = missing

    def reasons(self) -> dict[str, str]:
        """Why this process is not ready, by name; empty when it is."""
        reasons = {} if self.ready else {"process": self.why_not}
        for name, missing in self._needs.items():
            try:
                reason = missing()
            except Exception:  # whatever it says, it is not well
                reason = "cannot be asked"
            if reason:
                reasons[name] = reason
        return reasons

    def pages(self) -> dict[str, Page]:
        """Both pages, by path."""
        return {"/healthz": self._alive, "/readyz": self._readiness}

    def _alive(self) -> Answer:
        return Answer(200, encode({"status": "alive"}), extra=_FRESH)

    def _readiness(self) -> Answer:
        reasons = self.reasons()
        if reasons:
            return Answer(503, encode({"status": "not ready", "reasons": reasons}), extra=_FRESH)
        return Answer(200, encode({"status": "ready"}), extra=_FRESH)


_FRESH = [(b"cache-control", b"no-store")]
