"""The table of what came out: on the console while it comes, in RESULTS.md when all is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .row import LeftOut, Measured, figure

HEAD = ("what", "ours", "quartiles", "bare counterpart", "ratio", "budget", "")


def cells(one: Measured) -> tuple[str, ...]:
    """One row of the table."""
    unit = one.row.unit
    low, high = one.spread
    bare = "; ".join(
        f"{side.name} {figure(median, unit)}" for side, median in zip(one.row.sides[1:], one.medians[1:], strict=True)
    )
    budgets = " and ".join(budget.words(unit) for budget in one.row.budgets)
    return (
        one.row.title,
        figure(one.medians[0], unit),
        f"{figure(low, '').strip()} to {figure(high, '').strip()}",
        bare or "none",
        f"{one.ratio:.2f}×" if one.ratio is not None else "",
        budgets or "none",
        verdict(one),
    )


def verdict(one: Measured) -> str:
    """`met`, `missed`, or nothing where there is no budget."""
    if not one.row.budgets:
        return ""
    return "met" if all(budget.met(one) for budget in one.row.budgets) else "**missed**"


def markdown(command: str, facts: Mapping[str, str], rounds: int | None, results: Sequence[Measured | LeftOut]) -> str:
    """The whole of RESULTS.md."""
    measured = [one for one in results if isinstance(one, Measured)]
    left_out = [one for one in results if isinstance(one, LeftOut)]
    lines = [
        "# What it costs",
        "",
        f"Written by `{command}`. Medians of {rounds or 'as many as 15'} interleaved rounds; a ratio is the median of",
        "ours to the first counterpart, neighbour by neighbour in time, both measured in the same run. Calls, streams and",
        "the container are timed on the processor (thread time), the rest by the clock.",
        "",
        *(f"- {name}: {value}" for name, value in facts.items()),
        "",
        f"| {' | '.join(HEAD)} |",
        f"|{'---|' * len(HEAD)}",
        *(f"| {' | '.join(cells(one))} |" for one in measured),
    ]
    if notes := [f"- {one.row.title}: {one.row.note}" for one in measured if one.row.note]:
        lines += ["", "How:", "", *notes]
    if left_out:
        lines += ["", "Left out on this machine:", "", *(f"- {one.title}: {one.why}" for one in left_out)]
    return "\n".join([*lines, ""])
