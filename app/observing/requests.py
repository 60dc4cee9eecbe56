"""Spans of HTTP requests: what room `serving` knows as its RequestObserver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.trace import SpanKind, Status, StatusCode

from .traces import remote_parent

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer


class RequestSpans:
    """A server's span for each request, named by its route."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def began(self, verb: str, route: str, trace: str) -> Span | None:
        """Open the span; None where this request is not sampled."""
        attributes = {"http.request.method": verb, "http.route": route}
        span = self._tracer.start_span(f"{verb} {route}", remote_parent(trace), SpanKind.SERVER, attributes)
        return span if span.is_recording() else None

    def ended(self, span: Span | None, status: int) -> None:
        """Close it; a server's fault is an error, a client's is an answer."""
        if span is None:
            return
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()
