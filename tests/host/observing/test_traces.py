"""Traces have one shape wherever the answers come from, and cost nothing where nothing records."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry import trace as otel
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from app import ambient
from app.module.contract import Contract, query
from app.module.failure import NotFound, Unavailable
from app.module.message import Message
from app.module.spec import spec_of
from app.observing.logs import trace_ids
from app.observing.requests import RequestSpans
from app.observing.startup import Startup
from app.observing.traces import Traces, provider, remote_parent, traceparent
from app.telling import steps

ARRIVED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Answer(Message):
    text: str


class Oracle(Contract, service="tests.Oracle"):
    @query()
    async def ask(self, question: str) -> Answer: ...


METHOD = spec_of(Oracle).methods["ask"]


class Recorded:
    def __init__(self, sample: float = 1.0) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider: TracerProvider = provider(
            SimpleSpanProcessor(self._exporter), resource={"service.name": "shop"}, sample=sample
        )
        self.tracer = self.provider.get_tracer("tests")
        self.traces = Traces(self.tracer)
        self.requests = RequestSpans(self.tracer)

    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def shape(self) -> list[tuple[str, SpanKind, str]]:
        """(name, kind, parent's name) of each span, as sets of edges read the same however they are ordered."""
        names = {span.context.span_id: span.name for span in self.spans() if span.context}
        found = [(s.name, s.kind, names.get(s.parent.span_id, "?") if s.parent else "") for s in self.spans()]
        return sorted(found, key=str)


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    made = Recorded()
    yield made
    made.provider.shutdown()


def call_locally(traces: Traces, scope: ambient.Ambient) -> ambient.Ambient:
    span = traces.leaves(METHOD, "local", scope)
    assert span is not None
    inside = span.ambient
    span.ends(None)
    return inside


def call_remotely(traces: Traces, scope: ambient.Ambient) -> None:
    client = traces.leaves(METHOD, "remote", scope)
    assert client is not None
    header = client.ambient.trace
    server = traces.arrives(METHOD, ambient.Ambient(trace=header))
    assert server is not None
    server.ends(None)
    client.ends(None)


def test_a_local_and_a_remote_call_have_the_same_spans() -> None:
    local, remote = Recorded(), Recorded()
    for made, call in ((local, call_locally), (remote, call_remotely)):
        request = made.requests.began("GET", "/ask", ARRIVED)
        call(made.traces, ambient.Ambient(trace=ARRIVED, span=request))
        made.requests.ended(request, 200)
    assert local.shape() == remote.shape() == [
        ("GET /ask", SpanKind.SERVER, "?"),
        ("tests.Oracle/Ask", SpanKind.CLIENT, "GET /ask"),
        ("tests.Oracle/Ask", SpanKind.SERVER, "tests.Oracle/Ask"),
    ]  # fmt: skip
    for made in (local, remote):
        assert {f"{span.context.trace_id:032x}" for span in made.spans() if span.context} == {ARRIVED.split("-")[1]}


def test_inside_a_call_its_span_is_in_force_and_afterwards_no_more(recorded: Recorded) -> None:
    span = recorded.traces.arrives(METHOD, ambient.Ambient(trace=ARRIVED))
    assert span is not None
    assert trace_ids() == (ARRIVED.split("-")[1], span.ambient.trace.split("-")[2])
    assert span.ambient.span is otel.get_current_span()
    span.ends(None)
    assert not otel.get_current_span().get_span_context().is_valid


def test_a_span_of_the_modules_own_stands_between(recorded: Recorded) -> None:
    entry = recorded.traces.arrives(METHOD, ambient.Ambient())
    assert entry is not None
    with recorded.tracer.start_as_current_span("looking it up"):
        call_locally(recorded.traces, entry.ambient)
    entry.ends(None)
    assert ("tests.Oracle/Ask", SpanKind.CLIENT, "looking it up") in recorded.shape()


def test_outside_of_every_scope_a_call_begins_a_trace(recorded: Recorded) -> None:
    call_locally(recorded.traces, ambient.Ambient())
    assert ("tests.Oracle/Ask", SpanKind.CLIENT, "") in recorded.shape()


def test_who_is_not_recorded_says_so_to_whoever_is_called() -> None:
    made = Recorded(sample=0.0)
    span = made.traces.leaves(METHOD, "remote", ambient.Ambient())
    assert span is not None
    assert span.ambient.span is None
    assert span.ambient.trace.endswith("-00")
    span.ends(None)
    server = made.traces.arrives(METHOD, ambient.Ambient(trace=span.ambient.trace))
    assert server is not None
    server.ends(None)
    assert made.spans() == []


def test_a_request_that_is_not_recorded_keeps_the_calls_below_from_being_recorded_elsewhere() -> None:
    made = Recorded(sample=0.0)
    request = made.requests.began("GET", "/ask", "")
    span = made.traces.leaves(METHOD, "remote", ambient.Ambient(span=request))
    assert span is not None
    assert span.ambient.span is None
    assert span.ambient.trace.endswith("-00")
    span.ends(None)
    made.requests.ended(request, 200)
    assert made.spans() == []


@pytest.mark.parametrize(("status", "error"), [(200, False), (404, False), (500, True)])
def test_a_request_is_an_error_where_the_server_is_at_fault(recorded: Recorded, status: int, error: bool) -> None:
    recorded.requests.ended(recorded.requests.began("GET", "/ask", ARRIVED), status)
    (span,) = recorded.spans()
    assert (span.status.status_code is StatusCode.ERROR) is error
    assert span.attributes is not None
    assert span.attributes["http.response.status_code"] == status


def test_the_lines_of_a_request_carry_its_ids(recorded: Recorded) -> None:
    request = recorded.requests.began("GET", "/ask", ARRIVED)
    with ambient.using(ambient.Ambient(trace=ARRIVED, span=request)):
        assert trace_ids() == (ARRIVED.split("-")[1], f"{request.get_span_context().span_id:016x}")
    recorded.requests.ended(request, 200)


def test_the_callers_choice_to_record_is_followed() -> None:
    made = Recorded(sample=0.0)
    span = made.traces.arrives(METHOD, ambient.Ambient(trace=ARRIVED))
    assert span is not None
    span.ends(None)
    assert len(made.spans()) == 1


def test_an_answer_that_is_a_failure_is_no_error_of_the_server(recorded: Recorded) -> None:
    span = recorded.traces.leaves(METHOD, "local", ambient.Ambient())
    assert span is not None
    span.ends(NotFound("no such secret-thing"))
    server, client = recorded.spans()
    assert (server.kind, server.status.status_code) == (SpanKind.SERVER, StatusCode.UNSET)
    assert (client.kind, client.status.status_code, client.status.description) == (
        SpanKind.CLIENT, StatusCode.ERROR, "NOT_FOUND",
    )  # fmt: skip
    assert server.attributes is not None
    assert server.attributes["rpc.grpc.status_code"] == 5
    assert "secret-thing" not in server.to_json() + client.to_json()


def test_what_breaks_is_an_error_on_both_sides(recorded: Recorded) -> None:
    span = recorded.traces.leaves(METHOD, "local", ambient.Ambient())
    assert span is not None
    span.ends(Unavailable("away"))
    assert [s.status.description for s in recorded.spans()] == ["UNAVAILABLE", "UNAVAILABLE"]


@pytest.mark.parametrize(
    "header", ["", "00", "00-zz-yy-01", "ff" + ARRIVED[2:], "00-" + "0" * 32 + ARRIVED[35:], "ä" * 55]
)
def test_a_header_that_says_nothing_begins_a_new_trace(header: str) -> None:
    assert remote_parent(header) == {}


def test_a_header_comes_out_as_it_went_in() -> None:
    assert traceparent(otel.get_current_span(remote_parent(ARRIVED)).get_span_context()) == ARRIVED


def test_the_start_of_a_process_is_a_trace(recorded: Recorded) -> None:
    startup = Startup(recorded.tracer)
    startup.listen(steps.Built(module="catalog", what="ProductStore", seconds=0.001))
    startup.listen(steps.HookStarted(module="catalog", hook="open", seconds=0.002))
    startup.listen(steps.Ready(process="shop", modules=("catalog",), seconds=0.4))
    assert recorded.shape() == [
        ("build ProductStore", SpanKind.INTERNAL, "start shop"),
        ("start open", SpanKind.INTERNAL, "start shop"),
        ("start shop", SpanKind.INTERNAL, ""),
    ]


def test_what_broke_a_call_is_an_event_of_its_span(recorded: Recorded) -> None:
    span = recorded.traces.arrives(METHOD, ambient.Ambient())
    assert span is not None
    Startup(recorded.tracer).listen(steps.CallBroke(contract="Oracle", method="ask", error=ValueError("odd")))
    span.ends(None)
    assert [event.name for event in recorded.spans()[0].events] == ["exception"]


def test_making_spans_imports_no_sdk() -> None:
    source = "import app.observing.traces, app.observing.metrics, app.observing.telemetry, sys;" \
             "print([m for m in sys.modules if m.startswith('opentelemetry.sdk') or m == 'grpc'])"  # fmt: skip
    assert subprocess.check_output([sys.executable, "-c", source]) == b"[]\n"
