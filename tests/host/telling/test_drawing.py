"""Refusals, drawn."""

from __future__ import annotations

from app.telling.drawing import draw, draw_path, near_misses
from app.telling.refusals import Refusal, Refused, Site


class Lacks(Refusal, frozen=True, kw_only=True):
    what: str

    def says(self) -> str:
        return f"{self.what} is missing"

    def fix(self) -> str:
        return f"provide {self.what}"


def test_a_refusal_is_a_sentence_with_its_evidence() -> None:
    drawing = draw(
        [Lacks(what="Clock", sites=(Site("/x/module.py", 3, "Module(shop)"),), path=("Shop", "Clock"), near=("Cloak",))]
    )
    assert drawing.splitlines() == [
        "Clock is missing.",
        "   at /x/module.py:3  Module(shop)",
        "   Shop",
        "   └ Clock",
        "   did you mean `Cloak`?",
        "   fix: provide Clock.",
    ]


def test_several_are_numbered_and_all_told() -> None:
    text = str(Refused([Lacks(what="A"), Lacks(what="B")]))
    assert text.startswith("2 things are wrong:")
    assert "1. A is missing." in text
    assert "2. B is missing." in text


def test_a_cycle_marks_where_it_returns() -> None:
    assert draw_path(["A", "B", "A"])[-1].endswith("← again")


def test_near_misses_ignore_case_and_nonsense() -> None:
    assert near_misses("catalgo", ["Catalog", "Cart", "Payments"])[0] == "Catalog"
    assert near_misses("zzz", ["Catalog"]) == ()
