"""What goes to an OTLP endpoint when the configuration names one: spans, counts and the start of the process."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..telling.steps import Teller

if TYPE_CHECKING:
    from ..config import Config
    from ..placing.plan import ProcessPlan
    from .metrics import Rows
    from .requests import RequestSpans
    from .traces import Traces

EVERY = 15.0
"""Seconds between two looks at the counts."""


class Telemetry:
    """A process's telemetry. `observer` is for the bindings, `requests` for HTTP; `close` sends what is left."""

    def __init__(self, observer: Traces, requests: RequestSpans, closers: list[Callable[[float], object]]) -> None:
        self.observer = observer
        self.requests = requests
        self._closers = closers

    async def close(self, seconds: float = 2.0) -> None:
        """Send what is left within so many seconds, and end. A collector that is away costs that time, no more."""
        await asyncio.gather(*(_bounded(closer, seconds) for closer in self._closers))


async def _bounded(closer: Callable[[float], object], seconds: float) -> None:
    """Let the SDK's blocking code run in a thread that nobody waits for any longer: its own limits do not hold."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def close() -> None:
        closer(seconds)
        with contextlib.suppress(RuntimeError):  # the loop is gone: we were given up
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=close, name="telemetry", daemon=True).start()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), seconds)


def set_up(config: Config, plan: ProcessPlan, tell: Teller, rows: Rows) -> Telemetry | None:
    """Send spans and counts to `tracing.endpoint`. None where there is none: then nothing of the SDK is imported."""
    endpoint = config.tracing.endpoint
    if not endpoint:
        return None
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from .metrics import observe
    from .requests import RequestSpans
    from .startup import Startup
    from .traces import Traces, provider

    resource = {
        "service.name": plan.process,
        "service.namespace": plan.topology,
        "service.instance.id": str(plan.replica),
        "deployment.environment.name": config.environment,
    }
    insecure = not endpoint.startswith("https")
    spans = provider(
        BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=insecure)),
        resource=resource,
        sample=config.tracing.sample,
    )
    trace.set_tracer_provider(spans)  # for the spans of the modules' own code
    exporter = OTLPMetricExporter(endpoint=endpoint, insecure=insecure)
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=EVERY * 1000)
    counts = observe(rows, reader, resource)
    tracer = spans.get_tracer("pangaea")
    tell.listen(Startup(tracer).listen)

    def close_spans(seconds: float) -> None:
        spans.force_flush(math.ceil(seconds * 1000))
        spans.shutdown()

    return Telemetry(
        Traces(tracer),
        RequestSpans(tracer),
        [close_spans, lambda seconds: counts.shutdown(timeout_millis=seconds * 1000)],
    )
