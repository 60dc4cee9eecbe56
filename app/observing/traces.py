"""Spans of contract calls through OpenTelemetry: a client's and a server's for each call, local or remote alike.

A trace reads the same in every topology, so a local call has both spans, too. The SDK is imported by `provider` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    TraceState,
)

from ..ambient import Ambient
from ..module.failure import Failure
from ..module.spec import MethodSpec, spec_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.sampling import Sampler

_SERVERS_FAULT = frozenset((2, 4, 12, 13, 14, 15))
"""gRPC codes for which a server's span is an error; the rest are answers (OpenTelemetry's RPC conventions)."""
_OK = 0
_GIVEN_UP = 1


class CallSpan:
    """One side of a call while it lasts: the spans that it opened, innermost last."""

    __slots__ = ("_spans", "_token", "ambient")

    def __init__(self, spans: tuple[trace.Span, ...], ambient: Ambient) -> None:
        self._spans = spans
        self._token: Any = attach(trace.set_span_in_context(spans[-1]))
        recording = spans[-1] if spans[-1].is_recording() else None
        self.ambient = ambient.with_(span=recording, trace=traceparent(spans[-1].get_span_context()))

    def ends(self, failure: BaseException | None) -> None:
        """Close the spans, marked with what the call came to."""
        detach(self._token)
        code = _OK if failure is None else failure.code if isinstance(failure, Failure) else _GIVEN_UP
        for span in reversed(self._spans):
            if code and span.is_recording():
                _mark(span, code, failure)
            span.end()


def _mark(span: trace.Span, code: int, failure: BaseException | None) -> None:
    span.set_attribute("rpc.grpc.status_code", code)
    span.set_attribute("error.type", type(failure).__name__)
    server = getattr(span, "kind", SpanKind.INTERNAL) is SpanKind.SERVER
    if code in _SERVERS_FAULT or not server:
        kind = failure.kind if isinstance(failure, Failure) else "CANCELLED"
        span.set_status(Status(StatusCode.ERROR, kind))  # its text may carry what is nobody's business


class Traces:
    """Makes spans for calls; what room `calling` knows as its Observer."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._attributes: dict[tuple[type, str], tuple[str, Mapping[str, Any]]] = {}

    def leaves(self, method: MethodSpec, placement: str, ambient: Ambient) -> CallSpan | None:
        """A call leaves its caller: a client's span; where the answer is local the server's span inside it, too."""
        name, attributes = self._named(method)
        client = self._tracer.start_span(
            name, self._parent(ambient), SpanKind.CLIENT, {**attributes, "pangaea.placement": placement}
        )
        if placement != "local" or not client.is_recording():
            return CallSpan((client,), ambient)
        inside = trace.set_span_in_context(client)
        return CallSpan((client, self._tracer.start_span(name, inside, SpanKind.SERVER, attributes)), ambient)

    def arrives(self, method: MethodSpec, ambient: Ambient) -> CallSpan | None:
        """A call arrived over the network: a server's span below the caller's, wherever that one runs."""
        name, attributes = self._named(method)
        span = self._tracer.start_span(name, remote_parent(ambient.trace), SpanKind.SERVER, attributes)
        return CallSpan((span,), ambient)

    def _parent(self, ambient: Ambient) -> Context:
        """A span that the module's own code opened, else the scope's; outside of both what arrived, or a new trace."""
        if trace.get_current_span().get_span_context().is_valid:
            return trace.set_span_in_context(trace.get_current_span())
        if ambient.span is not None:
            return trace.set_span_in_context(ambient.span)
        return remote_parent(ambient.trace)

    def _named(self, method: MethodSpec) -> tuple[str, Mapping[str, Any]]:
        key = (method.contract, method.name)
        known = self._attributes.get(key)
        if known is None:
            service = spec_of(method.contract).service
            attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": method.wire}
            known = self._attributes[key] = (f"{service}/{method.wire}", attributes)
        return known


def traceparent(context: SpanContext) -> str:
    """The W3C header for a span; empty for none."""
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags & 1:02x}"


def remote_parent(header: str) -> Context:
    """A context that holds the span of a `traceparent` and nothing else; empty where the header says nothing."""
    parts = header.split("-")
    if len(parts) < 4 or tuple(map(len, parts[:4])) != (2, 32, 16, 2) or parts[0] == "ff":
        return Context()
    try:
        trace_id, span_id, flags = int(parts[1], 16), int(parts[2], 16), int(parts[3], 16)
    except ValueError:
        return Context()
    parent = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags), trace_state=TraceState())
    return trace.set_span_in_context(NonRecordingSpan(parent), Context()) if parent.is_valid else Context()


def provider(processor: SpanProcessor, *, resource: Mapping[str, str], sample: float = 1.0) -> TracerProvider:
    """A provider that records this share of the traces that begin here and follows the callers' choice for others."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    sampler: Sampler = ParentBased(TraceIdRatioBased(min(1.0, max(0.0, sample))))
    made = TracerProvider(sampler=sampler, resource=Resource.create(dict(resource)), shutdown_on_exit=False)
    made.add_span_processor(processor)
    return made
