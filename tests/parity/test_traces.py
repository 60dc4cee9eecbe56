"""A trace of one request reads the same in every topology: same spans, same parents."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest
from opentelemetry import trace
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


async def test_what_a_reader_does_between_the_items_of_streams_is_not_below_them(test_host, spans) -> None:
    traces, exporter = spans
    async with test_host(echo, relay, observer=traces) as host:
        first: Any = host.get(Echo).count(to=3)
        second: Any = host.get(Relay).count(to=3)
        await anext(first)
        await anext(second)
        await asyncio.create_task(first.aclose())  # nor does it matter who closes them
        await second.aclose()
        assert not trace.get_current_span().get_span_context().is_valid
        await host.get(Echo).see()
    assert tree(exporter) == [
        ("echo.Echo/Count", "CLIENT", ""),
        ("echo.Echo/Count", "CLIENT", "relay.Relay/Count SERVER"),
        ("echo.Echo/Count", "SERVER", "echo.Echo/Count CLIENT"),
        ("echo.Echo/Count", "SERVER", "echo.Echo/Count CLIENT"),
        ("echo.Echo/See", "CLIENT", ""),
        ("echo.Echo/See", "SERVER", "echo.Echo/See CLIENT"),
        ("relay.Relay/Count", "CLIENT", ""),
        ("relay.Relay/Count", "SERVER", "relay.Relay/Count CLIENT"),
    ]
