"""What came out: a table of tasks on the console, topologies side by side in RESULTS.md, everything as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

from ..results import LOAD
from .figures import Met
from .run import Outcome
from .stories import WEIGHTS

BUSY = 0.8
"""The share of a core from which on the crowd may be what holds the shop back."""


def table(outcome: Outcome) -> Table:
    """What each task met."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("task", "requests", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors"):
        drawn.add_column(head, justify="left" if head == "task" else "right")
    tasks = outcome.figures.tasks
    for name in [*(name for name in WEIGHTS if name in tasks), *(name for name in tasks if name not in WEIGHTS)]:
        drawn.add_row(name, *_cells(tasks[name], outcome.figures.seconds))
    drawn.add_section()
    drawn.add_row("all", *_cells(outcome.figures.whole(), outcome.figures.seconds))
    return drawn


def lines(outcome: Outcome) -> list[str]:
    """What is to be said beside the table: errors by kind, orders, processor time."""
    said: list[str] = []
    for name, met in outcome.figures.tasks.items():
        said += [f"error    {name}: {kind}, {count} times" for kind, count in met.errors.most_common()]
    said.append(f"orders   {outcome.figures.orders:,} in {outcome.figures.seconds:.1f} s")
    if outcome.cpu is not None:
        per, each = outcome.cpu_per_1000_orders, outcome.cpu_per_request
        rest = f", {each * 1000:.2f} ms a request" if each else ""
        rest += f"; {per:,.1f} s for 1,000 orders and all the looking around that goes with them" if per else ""
        said.append(f"cpu      {outcome.cpu:.1f} s in {outcome.processes} processes{rest}")
    said.append(f"crowd    busy for {outcome.busy:.0%} of a core")
    if outcome.busy > BUSY:
        said.append("         It may be what holds the shop back: more --crowds, on more cores, would tell.")
    return said


def written(outcome: Outcome) -> dict[str, Any]:
    """For scripts. Times are seconds; what nobody knows is null."""
    figures, tasks = outcome.figures, outcome.figures.tasks
    return {
        "topology": outcome.topology or None,
        "seconds": figures.seconds,
        "requests": figures.requests,
        "errors": figures.errors,
        "requests_per_second": figures.rate,
        "orders": figures.orders,
        "cpu_seconds": outcome.cpu,
        "cpu_seconds_per_1000_orders": outcome.cpu_per_1000_orders,
        "cpu_seconds_per_request": outcome.cpu_per_request,
        "processes": outcome.processes,
        "crowd_busy": outcome.busy,
        "tasks": {name: _written(met) for name, met in {**tasks, "all": figures.whole()}.items()},
    }


def section(command: str, facts: Mapping[str, str], outcomes: Sequence[Outcome]) -> str:
    """The part of RESULTS.md about the shop under load."""
    heads = (
        *("topology", "processes", "requests/s", "p50", "p95", "p99", "errors", "orders"),
        *("CPU-ms per request", "CPU-s per 1,000 orders"),
    )
    rows: list[str] = []
    for outcome in outcomes:
        whole, per, each = outcome.figures.whole(), outcome.cpu_per_1000_orders, outcome.cpu_per_request
        cells = (
            outcome.topology,
            str(outcome.processes),
            f"{outcome.figures.rate:,.0f}",
            *(f"{_ms(whole, share)} ms" for share in (0.5, 0.95, 0.99)),
            str(outcome.figures.errors),
            f"{outcome.figures.orders:,}",
            f"{each * 1000:.2f}" if each else "",
            f"{per:,.1f}" if per else "",
        )
        rows.append(f"| {' | '.join(cells)} |")
    facts = {name: facts[name] for name in ("processor", "python", "load") if name in facts}
    return "\n".join(
        [
            LOAD,
            "",
            f"Written by `{command}`.",
            "",
            "The mix of the Online Boutique's load generator, as fast as the shop answers: of nineteen tasks ten look at a",
            "product, one checks out. Processor time is that of all processes of the shop, the supervisor's included; it is what",
            "the whole mix took, by the orders that came of it. The crowd shares the machine with the shop, and is not counted.",
            "",
            *(f"- {name}: {value}" for name, value in facts.items()),
            "",
            f"| {' | '.join(heads)} |",
            f"|{'---|' * len(heads)}",
            *rows,
            "",
        ]
    )


def _cells(met: Met, seconds: float) -> tuple[str, ...]:
    rate = met.latencies.total() / seconds if seconds else math.nan
    return (
        f"{met.requests:,}",
        f"{rate:,.1f}",
        *(_ms(met, share) for share in (0.5, 0.95, 0.99)),
        f"{met.errors.total():,}",
    )


def _ms(met: Met, share: float) -> str:
    value = met.quantile(share) * 1000
    return "-" if math.isnan(value) else f"{value:,.1f}"


def _written(met: Met) -> dict[str, Any]:
    quantiles = {f"p{share * 100:g}": met.quantile(share) for share in (0.5, 0.95, 0.99)}
    return {
        "requests": met.requests,
        **{name: None if math.isnan(value) else value for name, value in quantiles.items()},
        "errors": dict(met.errors),
    }
