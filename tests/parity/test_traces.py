"""A trace of one request reads the same in every topology: same spans, same parents."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.observing.traces import Traces

from .echo import Echo, NoSuchThing, echo
from .relay import Relay, relay

pytestmark = pytest.mark.topology(
    "monolith", "loopback", "loopback-grpc"
)  # the spans of other processes go to a collector


@pytest.fixture
def spans() -> Generator[tuple[Traces, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield Traces(provider.get_tracer("test")), exporter
    provider.shutdown()


def tree(exporter: InMemorySpanExporter) -> list[tuple[str, str, str]]:
    """Each span's name and kind, and its parent's name and kind."""
    finished = exporter.get_finished_spans()
    by_id = {span.context.span_id: f"{span.name} {span.kind.name}" for span in finished}
    return sorted(
        (span.name, span.kind.name, by_id.get(span.parent.span_id, "elsewhere") if span.parent else "")
        for span in finished
    )


async def test_a_nested_call_is_four_spans_each_below_the_one_before(test_host, spans) -> None:
    traces, exporter = spans
    async with test_host(echo, relay, observer=traces) as host:
        await host.get(Relay).see()
    assert tree(exporter) == [
        ("echo.Echo/See", "CLIENT", "relay.Relay/See SERVER"),
        ("echo.Echo/See", "SERVER", "echo.Echo/See CLIENT"),
        ("relay.Relay/See", "CLIENT", ""),
        ("relay.Relay/See", "SERVER", "relay.Relay/See CLIENT"),
    ]


async def test_a_declared_failure_is_an_answer_and_not_a_servers_error(test_host, spans) -> None:
    traces, exporter = spans
    async with test_host(echo, observer=traces) as host:
        with pytest.raises(NoSuchThing):
            await host.get(Echo).fail("declared")
    by_kind = {span.kind.name: span for span in exporter.get_finished_spans()}
    assert by_kind["SERVER"].status.is_unset
    assert not by_kind["CLIENT"].status.is_ok
    assert "no thing" not in str(by_kind["CLIENT"].status.description)
