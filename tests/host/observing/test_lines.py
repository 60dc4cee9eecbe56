"""Every step has its line."""

from __future__ import annotations

from msgspec.structs import fields

from app.observing.lines import LINES, say
from app.telling import steps
from app.telling.refusals.contracts import BadContract


def test_every_step_has_its_line_and_every_line_names_fields_of_its_step() -> None:
    declared = {kind for kind in vars(steps).values() if isinstance(kind, type) and issubclass(kind, steps.Step)}
    assert set(LINES) == declared - {steps.Step}
    for step, line in LINES.items():
        assert set(line.fields) <= {field.name for field in fields(step)}, step.__name__


def test_every_field_of_a_step_is_said() -> None:
    for step, line in LINES.items():
        unsaid = {field.name for field in fields(step)} - set(line.fields) - {"module", "refusals"}
        assert not unsaid, step.__name__


def test_events_are_told_apart_by_their_words() -> None:
    assert len({line.event for line in LINES.values()}) == len(LINES)


def test_a_field_that_says_nothing_is_left_out() -> None:
    said = say(steps.ProcessExited(process="cart", pid=7, code=0))
    assert said.fields == {"process": "cart", "pid": 7, "code": 0}


def test_an_error_is_kept_apart_from_the_fields() -> None:
    error = RuntimeError("gone")
    said = say(steps.CallBroke(contract="Catalog", method="get_product", error=error))
    assert said.error is error
    assert said.fields == {"contract": "Catalog", "method": "get_product"}
    assert said.level == "error"


def test_an_end_that_was_not_asked_for_weighs_more() -> None:
    assert say(steps.ShutdownRequested(code=0)).level == "debug"
    assert say(steps.ShutdownRequested(code=1)).level == "error"
    assert say(steps.Drained(seconds=1, left=0)).level == "debug"
    assert say(steps.Drained(seconds=1, left=2)).level == "warning"
    assert say(steps.BackgroundFailed(work="relay", error=OSError(), retry_in=1.0)).level == "warning"
    assert say(steps.BackgroundFailed(work="relay", error=OSError(), retry_in=None)).level == "error"


def test_refusals_are_said_whole_with_their_kinds_for_scripts() -> None:
    refusal = BadContract(contract="Catalog", member="x", why="is neither a query nor a command", cure="decorate it")
    said = say(steps.Refused(refusals=(refusal,)))
    assert said.fields["kinds"] == ("bad-contract",)
    assert "Catalog.x is neither" in said.fields["text"]


def test_a_step_that_nobody_thought_of_is_said_all_the_same() -> None:
    class Odd(steps.Step):
        pass

    assert say(Odd()).event == "Odd"
