"""Counts are read when somebody looks, and add up."""

from __future__ import annotations

from bisect import bisect_left
from types import SimpleNamespace

from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from app.calling.counts import BOUNDS, Counts
from app.module.failure import NotFound
from app.observing.metrics import Row, exposition, observe, rows_of


def counted() -> Counts:
    counts = Counts()
    counts.calls = 3
    for seconds, weight in ((0.0004, 1), (0.02, 2)):
        counts.buckets[bisect_left(BOUNDS, seconds)] += weight
        counts.seconds += seconds * weight
    counts.failures[NotFound.code] = 1
    return counts


def rows() -> list[Row]:
    return [Row("Catalog", "get_product", "local", counted(), BOUNDS)]


def test_prometheus_reads_cumulative_buckets_a_sum_and_a_count() -> None:
    text = exposition(rows())
    labels = 'contract="Catalog",method="get_product",placement="local"'
    assert f"pangaea_calls_total{{{labels}}} 3\n" in text
    assert f'pangaea_call_failures_total{{{labels},kind="NOT_FOUND"}} 1\n' in text
    assert f'pangaea_call_duration_seconds_bucket{{{labels},le="0.0005"}} 1\n' in text
    assert f'pangaea_call_duration_seconds_bucket{{{labels},le="0.025"}} 3\n' in text
    assert f'pangaea_call_duration_seconds_bucket{{{labels},le="+Inf"}} 3\n' in text
    assert f"pangaea_call_duration_seconds_sum{{{labels}}} 0.0404\n" in text
    assert f"pangaea_call_duration_seconds_count{{{labels}}} 3\n" in text
    assert text.count("# TYPE") == 3


def test_labels_are_escaped() -> None:
    row = Row('a"b', "c\\d", "e\nf", counted(), BOUNDS)
    assert 'contract="a\\"b",method="c\\\\d",placement="e\\nf"' in exposition([row])


def test_opentelemetry_sees_the_counts_when_it_looks() -> None:
    held = rows()
    reader = InMemoryMetricReader()
    provider = observe(lambda: held, reader, {"service.name": "shop"})
    try:
        held[0].counts.calls = 9
        data = reader.get_metrics_data()
        assert data is not None
        metrics = {m.name: m for m in data.resource_metrics[0].scope_metrics[0].metrics}
        (calls,) = metrics["pangaea.calls"].data.data_points
        assert calls.value == 9
        assert dict(calls.attributes) == {"contract": "Catalog", "method": "get_product", "placement": "local"}
        buckets = {
            point.attributes["le"]: point.value for point in metrics["pangaea.call.duration.bucket"].data.data_points
        }
        assert buckets["+Inf"] == 3
        (failures,) = metrics["pangaea.call.failures"].data.data_points
        assert failures.attributes["kind"] == "NOT_FOUND"
    finally:
        provider.shutdown()


def test_methods_that_nobody_called_are_left_out() -> None:
    spec = SimpleNamespace(contract=SimpleNamespace(__name__="Catalog"))
    binding = SimpleNamespace(spec=spec, placement="local", counts={"get_product": counted(), "search": Counts()})
    assert [row.method for row in rows_of([binding], BOUNDS)] == ["get_product"]
