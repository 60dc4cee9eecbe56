"""Spans and counts arrive at an OTLP endpoint; one that is away holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.calling.counts import BOUNDS, Counts
from app.observing.metrics import Row
from app.observing.telemetry import set_up
from app.telling import steps

PLAN: Any = SimpleNamespace(process="shop", topology="monolith", replica=0)


def config(endpoint: str) -> Any:
    return SimpleNamespace(tracing=SimpleNamespace(endpoint=endpoint, sample=1.0), environment="testing")


class Collector(grpc.GenericRpcHandler):
    """Takes whatever is exported."""

    def __init__(self) -> None:
        self.got: dict[str, list[bytes]] = {}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        name: Any = handler_call_details.method

        async def take(request: bytes, _context: Any) -> bytes:
            self.got.setdefault(name.rpartition("/")[0].rpartition(".")[2], []).append(request)
            return b""

        return grpc.unary_unary_rpc_method_handler(take)


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Collector, str]]:
    monkeypatch.setattr(trace, "set_tracer_provider", lambda _provider: None)  # once in a process, and for good
    taking = Collector()
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((taking,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield taking, f"http://127.0.0.1:{port}"
    await server.stop(0)


async def test_what_happened_arrives_at_the_collector(collector: tuple[Collector, str]) -> None:
    taking, endpoint = collector
    counts = Counts()
    counts.calls = 3
    tell = steps.Teller()
    telemetry = set_up(config(endpoint), PLAN, tell, lambda: [Row("Catalog", "get", "local", counts, BOUNDS)])
    assert telemetry is not None
    tell(steps.Ready(process="shop", modules=("catalog",), seconds=0.1))
    telemetry.requests.ended(telemetry.requests.began("GET", "/api/products", ""), 200)
    await telemetry.close(10.0)

    sent = [ExportTraceServiceRequest.FromString(one).resource_spans[0] for one in taking.got["TraceService"]]
    spans = [span.name for one in sent for scope in one.scope_spans for span in scope.spans]
    assert sorted(spans) == ["GET /api/products", "start shop"]
    resource = {attribute.key: attribute.value.string_value for attribute in sent[0].resource.attributes}
    assert (resource["service.name"], resource["service.namespace"]) == ("shop", "monolith")
    metrics = ExportMetricsServiceRequest.FromString(taking.got["MetricsService"][-1]).resource_metrics[0]
    assert "pangaea.calls" in {metric.name for scope in metrics.scope_metrics for metric in scope.metrics}


@pytest.mark.timeout(60)
async def test_a_collector_that_is_away_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "set_tracer_provider", lambda _provider: None)
    telemetry = set_up(config("http://127.0.0.1:1"), PLAN, steps.Teller(), list)
    assert telemetry is not None
    telemetry.requests.ended(telemetry.requests.began("GET", "/", ""), 200)
    back = threading.Event()
    telemetry._closers.append(lambda _seconds: back.wait())  # the SDK gives up some time, and this does not
    try:
        await telemetry.close(0.05)
    finally:
        back.set()


def test_without_an_endpoint_there_is_none() -> None:
    assert set_up(config(""), PLAN, steps.Teller(), list) is None
