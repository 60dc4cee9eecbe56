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

    def began(self, verb: str, route: str, trace: str) -> Span:
        """Open the span. One that is not sampled is opened, too: the calls below tell others not to record either."""
        attributes = {"http.request.method": verb, "http.route": route}
        return self._tracer.start_span(f"{verb} {route}", remote_parent(trace), SpanKind.SERVER, attributes)

    def ended(self, span: Span, status: int) -> None:
        """Close it; a server's fault is an error, a client's is an answer."""
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()
