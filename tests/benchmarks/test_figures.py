"""The benchmarks' own arithmetic: no figure here depends on a clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.report import cells, markdown
from benchmarks.rounds import measure
from benchmarks.row import Budget, LeftOut, Measured, Row, Sample, Side


def taking(figures: list[float], order: list[str], name: str) -> Sample:
    left: Iterator[float] = iter(figures)

    async def sample() -> float:
        order.append(name)
        return next(left)

    return sample


def measured(ours: list[float], *bare: list[float], budgets: tuple[Budget, ...] = (), unit: str = "ns") -> Measured:
    sides = [Side(name, taking([], [], name)) for name in ["ours", "bare", "other"][: 1 + len(bare)]]
    return Measured(Row("a row", unit, sides, budgets), [ours, *bare])


async def test_sides_take_turns_and_the_first_round_warms_up() -> None:
    order: list[str] = []
    row = Row("a row", "ns", [Side("a", taking([9, 1, 2], order, "a")), Side("b", taking([9, 3, 4], order, "b"))])
    result = await measure(row, 2, lambda: None)
    assert order == ["b", "a", "a", "b", "b", "a"]
    assert result.samples == [[1, 2], [3, 4]]


def test_the_ratio_is_taken_between_neighbours_in_time() -> None:
    """A machine that slowed down half-way changes both sides of a pair alike."""
    assert measured([2, 2, 20], [1, 1, 10]).ratio == 2


def test_without_a_counterpart_there_is_no_ratio() -> None:
    assert measured([1, 2, 3]).ratio is None


@pytest.mark.parametrize(
    ("budget", "met"),
    [
        (Budget(240), True),
        (Budget(199), False),
        (Budget(2, ratio=True), True),
        (Budget(1.9, ratio=True), False),
        (Budget(0.9, ratio=True, least=True), True),
        (Budget(2.1, ratio=True, least=True), False),
    ],
)
def test_a_budget_is_a_ceiling_or_a_floor_of_a_figure_or_of_a_ratio(budget: Budget, met: bool) -> None:
    assert budget.met(measured([200, 200], [100, 100])) is met


def test_a_missed_budget_is_written_down_as_missed() -> None:
    row = cells(measured([300, 300], [100, 100], budgets=(Budget(3.5, ratio=True), Budget(240))))
    assert row == ("a row", "300 ns", "300 to 300", "bare 100 ns", "3.00×", "≤ 3.5× and ≤ 240 ns", "**missed**")


def test_the_report_names_its_command_the_machine_and_what_was_left_out() -> None:
    left_out = LeftOut("moleculer", "Moleculer needs node and npm, which are not on this machine.")
    text = markdown("make bench", {"processor": "fast, 2 cores"}, None, [measured([1, 1]), left_out])
    assert "Written by `make bench`." in text
    assert "- processor: fast, 2 cores" in text
    assert "- moleculer: Moleculer needs node and npm" in text
