"""Counts of calls for OpenTelemetry and for Prometheus, read from the bindings' plain integers when somebody looks.

Durations are buckets, observed as counters: OpenTelemetry has no observable histogram.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import MetricReader


class Counted(Protocol):
    """One method's counts (`app.calling.counts.Counts`)."""

    calls: int
    buckets: list[int]
    seconds: float

    def failed_by_kind(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one method of one contract in this process."""

    contract: str
    method: str
    placement: str
    counts: Counted
    bounds: Sequence[float]
    """Upper bounds of the buckets in seconds; the last bucket has none."""

    @property
    def labels(self) -> dict[str, str]:
        return {"contract": self.contract, "method": self.method, "placement": self.placement}

    def cumulative(self) -> Iterator[tuple[str, int]]:
        """Bucket by bucket: its bound, and how many calls took at most that long."""
        total = 0
        for bound, count in zip((*map(_number, self.bounds), "+Inf"), self.counts.buckets, strict=True):
            total += count
            yield bound, total


Rows = Callable[[], Iterable[Row]]


def rows_of(bindings: Iterable[Any], bounds: Sequence[float]) -> list[Row]:
    """The rows of these bindings; methods that were never called are left out."""
    return [
        Row(binding.spec.contract.__name__, method, binding.placement, counts, bounds)
        for binding in bindings
        for method, counts in binding.counts.items()
        if counts.calls
    ]


# --- Prometheus -----------------------------------------------------------------------------------------------------


def exposition(rows: Iterable[Row]) -> str:
    """The counts in Prometheus's text format, version 0.0.4."""
    held = list(rows)
    lines = [
        *_family("pangaea_calls_total", "counter", "Calls begun.", ((r.labels, r.counts.calls) for r in held)),
        *_family(
            "pangaea_call_failures_total", "counter", "Calls that failed, by kind.",
            (({**r.labels, "kind": kind}, count) for r in held for kind, count in r.counts.failed_by_kind().items()),
        ),
        "# HELP pangaea_call_duration_seconds How long calls took.",
        "# TYPE pangaea_call_duration_seconds histogram",
    ]  # fmt: skip
    for row in held:
        name, total = "pangaea_call_duration_seconds", 0
        for bound, total in row.cumulative():
            lines.append(f"{name}_bucket{_labels({**row.labels, 'le': bound})} {total}")
        lines.append(f"{name}_sum{_labels(row.labels)} {_number(row.counts.seconds)}")
        lines.append(f"{name}_count{_labels(row.labels)} {total}")
    return "\n".join(lines) + "\n"


def _family(name: str, kind: str, text: str, samples: Iterable[tuple[dict[str, str], int]]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{_labels(labels)} {value}"


def _labels(labels: Mapping[str, str]) -> str:
    escaped = (
        (name, value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")) for name, value in labels.items()
    )
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped) + "}"


def _number(value: float) -> str:
    return f"{value:.10g}"


# --- OpenTelemetry --------------------------------------------------------------------------------------------------


def observe(rows: Rows, reader: MetricReader, resource: Mapping[str, str]) -> MeterProvider:
    """Offer the counts to an OpenTelemetry reader, which looks when it likes to."""
    from opentelemetry.metrics import Observation
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource

    def of(samples: Callable[[Row], Iterable[tuple[float, Mapping[str, str]]]]) -> Callable[[CallbackOptions], Any]:
        def look(_options: CallbackOptions) -> list[Observation]:
            return [Observation(value, {**row.labels, **extra}) for row in rows() for value, extra in samples(row)]

        return look

    provider = MeterProvider([reader], resource=Resource.create(dict(resource)), shutdown_on_exit=False)
    meter = provider.get_meter("pangaea")
    counter = meter.create_observable_counter
    counter("pangaea.calls", [of(lambda row: [(row.counts.calls, {})])], "{call}", "Calls begun")
    counter(
        "pangaea.call.failures",
        [of(lambda row: [(count, {"kind": kind}) for kind, count in row.counts.failed_by_kind().items()])],
        "{call}",
        "Calls that failed, by kind",
    )
    counter(
        "pangaea.call.duration.bucket",
        [of(lambda row: [(count, {"le": bound}) for bound, count in row.cumulative()])],
        "{call}",
        "Calls that took at most `le` seconds",
    )
    counter("pangaea.call.duration.sum", [of(lambda row: [(row.counts.seconds, {})])], "s", "Seconds spent in calls")
    return provider
