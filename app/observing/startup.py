"""The start of a process as a trace: one span, and one below it for each constructor and each start hook."""

from __future__ import annotations

from time import time_ns
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context

from ..telling import steps

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


class Startup:
    """A listener that turns the steps up to Ready into spans, and what broke into events of the span that it broke."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._parts: list[tuple[str, str, int, int]] = []

    def listen(self, step: steps.Step) -> None:
        match step:
            case steps.Built(what=what, seconds=seconds):
                self._part(f"build {what}", step.module, seconds)
            case steps.HookStarted(hook=hook, seconds=seconds):
                self._part(f"start {hook}", step.module, seconds)
            case steps.Ready(process=process, seconds=seconds):
                self._draw(process, seconds)
            case steps.CallBroke(error=error) | steps.RequestBroke(error=error):
                span = trace.get_current_span()
                if span.is_recording():
                    span.record_exception(error)
            case _:
                pass

    def _part(self, name: str, module: str, seconds: float) -> None:
        now = time_ns()
        self._parts.append((name, module, now - int(seconds * 1e9), now))

    def _draw(self, process: str, seconds: float) -> None:
        now = time_ns()
        whole = self._tracer.start_span(f"start {process}", Context(), start_time=now - int(seconds * 1e9))
        below = trace.set_span_in_context(whole, Context())
        for name, module, began, ended in self._parts:
            attributes = {"pangaea.module": module} if module else None
            self._tracer.start_span(name, below, attributes=attributes, start_time=began).end(ended)
        whole.end(now)
        self._parts.clear()
