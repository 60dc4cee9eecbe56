"""What log lines and the table of a ready process look like to people."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from app.observing.console import listed
from app.observing.logs import Logs, wants_colours
from app.telling import steps


def people(**options: Any) -> tuple[Logs, Callable[[], str]]:
    out = io.BytesIO()
    logs = Logs(format="console", stream=out, **{"colours": False, "table": False, **options})
    return logs, lambda: out.getvalue().decode()


def test_a_line_for_people_is_aligned_and_says_times_in_their_unit() -> None:
    logs, text = people(level="debug")
    logs(steps.HookStarted(module="cart", hook="open", seconds=0.0123))
    logs.logger_for("cart").info("item added", user="u 1", tags=("a", "b"), seconds=1.25)
    one, two = text().splitlines()
    assert one.endswith("debug    cart      hook started  hook=open  seconds=12 ms")
    assert two.endswith("info     cart      item added  user='u 1'  tags=a,b  seconds=1.2 s")


def test_long_texts_stand_below_their_line() -> None:
    logs, text = people()
    logs(steps.StartStuck(seconds=3.0, tree="open\n└ connect"))
    assert text().endswith("start takes long  seconds=3.0 s\n    open\n    └ connect\n")


def test_colours_are_there_when_asked_for_and_else_not_at_all() -> None:
    logs, text = people(colours=True)
    logs.logger_for("cart").info("added")
    assert "\x1b[" in text()
    logs, text = people(colours=False)
    logs.logger_for("cart").info("added")
    assert "\x1b[" not in text()


def test_ready_draws_modules_with_times_contracts_with_answers_and_addresses() -> None:
    logs, text = people(table=True)
    for step in (
        steps.Built(module="catalog", what="ProductStore", seconds=0.001),
        steps.HookStarted(module="catalog", hook="open", seconds=0.002),
        steps.Placed(module="catalog", contract="Catalog", placement="local"),
        steps.Placed(contract="Payments", placement="external", addresses=("dns:///payments:50051",)),
        steps.Listening(edge="http", address="127.0.0.1:8080"),
        steps.Ready(process="shop", modules=("catalog", "cart"), seconds=0.4),
    ):
        logs(step)
    lines = [line.strip() for line in text().splitlines()]
    assert "shop is ready in 400 ms" in lines
    assert "catalog  3.0 ms      Catalog" in lines
    assert "cart     0.0 ms      -" in lines
    assert "Payments  external  dns:///payments:50051" in lines
    assert "http  http://127.0.0.1:8080" in lines
    assert not any("listening" in line for line in lines)


def test_nothing_is_shown_as_a_dash() -> None:
    logs, text = people()
    logs(steps.Migrated(module="cart", before="", after="0001", seconds=0.01))
    assert text().endswith("migrated  before=-  after=0001  seconds=10 ms\n")


def test_many_names_go_on_below_and_none_is_broken() -> None:
    names = ["cart", "currency (external)", "a-name-that-is-longer-than-that"]
    assert listed(names, 24) == ["cart,", "currency (external),", "a-name-that-is-longer-than-that"]
    assert listed(names[:1], 24) == ["cart"]
    assert listed([], 24) == ["-"]


def test_below_a_supervisor_there_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANGAEA_NOTIFY_FD", "9")
    logs, text = people(table=None)
    logs(steps.Listening(edge="http", address="127.0.0.1:8080"))
    logs(steps.Ready(process="shop", modules=("catalog",), seconds=0.4))
    assert [line.split("host")[1].strip() for line in text().splitlines()] == [
        "listening  edge=http  address=127.0.0.1:8080",
        "ready  modules=catalog  seconds=400 ms",
    ]


@pytest.mark.parametrize(
    ("tty", "environ", "wanted"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colours_follow_the_terminal_and_the_usual_variables(tty: bool, environ: dict[str, str], wanted: bool) -> None:
    assert wants_colours(tty, environ) is wanted
