"""The hook that observing fills: a span for each request. None means that nothing records and nothing is paid."""

from __future__ import annotations

from typing import Any, Protocol


class RequestObserver(Protocol):
    """Told of every request that reaches a handler."""

    def began(self, verb: str, route: str, trace: str) -> Any:
        """A request for a route (`/api/products/{id}`) with the traceparent that arrived, or empty. What is returned
        becomes `Ambient.span`; None where this one is not recorded."""

    def ended(self, span: Any, status: int) -> None:
        """The request was answered."""
