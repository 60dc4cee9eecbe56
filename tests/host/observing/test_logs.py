"""What stands on a log line, for machines and for people."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from app import ambient
from app.module.settings import Secret
from app.observing import logs as module_under_test
from app.observing.logs import Logs
from app.telling import steps


def machine(**options: Any) -> tuple[Logs, Callable[[], list[dict[str, Any]]]]:
    out = io.BytesIO()
    logs = Logs(format="json", stream=out, **options)
    return logs, lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def people(**options: Any) -> tuple[Logs, Callable[[], str]]:
    out = io.BytesIO()
    logs = Logs(format="console", stream=out, **{"colours": False, "table": False, **options})
    return logs, lambda: out.getvalue().decode()


def test_a_line_for_machines_carries_time_level_module_process_and_the_fields_as_they_are() -> None:
    logs, lines = machine(process="shop")
    logs.logger_for("cart").info("item added", user="u-1", quantity=2)
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {"level": "info", "module": "cart", "event": "item added", "process": "shop", "user": "u-1",
                    "quantity": 2}  # fmt: skip


def test_a_line_of_nobodys_module_is_the_hosts() -> None:
    logs, lines = machine()
    logs(steps.SignalReceived(signal="SIGTERM"))
    logs(steps.HookStopFailed(module="cart", hook="close", error=OSError("gone")))
    assert [line["module"] for line in lines()] == ["host", "cart"]


def test_a_field_cannot_take_the_place_of_what_stands_on_every_line() -> None:
    logs, lines = machine()
    logs.logger_for("cart").info("added", module="evil", level="none", time=3)
    (line,) = lines()
    assert (line["module"], line["level"]) == ("cart", "info")
    assert (line["module_"], line["level_"], line["time_"]) == ("evil", "none", 3)


def test_bound_fields_stand_on_every_line_of_their_logger_only() -> None:
    logs, lines = machine()
    logger = logs.logger_for("cart")
    logger.bind(user="u-1").info("one")
    logger.info("two")
    assert [line.get("user") for line in lines()] == ["u-1", None]


def test_lines_below_the_level_cost_nothing_and_are_not_there() -> None:
    logs, lines = machine(level="warning")
    logger = logs.logger_for("cart")
    logger.debug("a")
    logger.info("b")
    logger.warning("c")
    assert [line["event"] for line in lines()] == ["c"]


def test_an_exception_is_told_with_its_traceback_but_without_locals() -> None:
    logs, lines = machine()
    hidden = "s3same"
    try:
        raise ValueError("odd")
    except ValueError:
        logs.logger_for("cart").exception("failed")
    (line,) = lines()
    assert line["error"] == "ValueError: odd"
    assert line["stack"].startswith("Traceback")
    assert hidden not in json.dumps(line)


def test_time_that_ran_out_has_no_traceback() -> None:
    logs, lines = machine()
    try:
        raise TimeoutError("15 s are over")
    except TimeoutError as error:
        logs(steps.HookStartFailed(hook="open", error=error))
    (line,) = lines()
    assert line["error"] == "TimeoutError: 15 s are over"
    assert "stack" not in line


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"password": "hunter2"}, "***"),
        ({"api_key": "hunter2"}, "***"),
        ({"access_token": "hunter2"}, "***"),
        ({"headers": {"Authorization": "Bearer hunter2-hunter2"}}, "***"),
        ({"url": "postgres://shop:hunter2@db/shop"}, "postgres://shop:***@db/shop"),
        ({"urls": ["postgres://shop:hunter2@db/shop"]}, "postgres://shop:***@db/shop"),
        ({"said": "sent Bearer hunter2.hunter2"}, "sent Bearer ***"),
        ({"value": Secret("hunter2")}, "Secret(***)"),
    ],
)
def test_secrets_are_masked(fields: dict[str, Any], shown: str) -> None:
    logs, lines = machine()
    logs.logger_for("cart").info("connected", **fields)
    text = json.dumps(lines())
    assert "hunter2" not in text
    assert shown in text


def test_a_number_about_a_secret_is_none() -> None:
    logs, lines = machine()
    logs.logger_for("cart").info("connected", token_count=3, has_password=True, key=None)
    (line,) = lines()
    assert (line["token_count"], line["has_password"], line["key"]) == (3, True, None)


def test_known_secrets_are_hidden_whatever_carries_them() -> None:
    logs, lines = machine(secrets=["open-sesame"])
    try:
        raise RuntimeError("cannot sign with open-sesame")
    except RuntimeError:
        logs.logger_for("cart").exception("signing failed with open-sesame", note=["open-sesame"])
    assert "open-sesame" not in json.dumps(lines())


@pytest.mark.parametrize("value", [{1: 2}, "\ud800", object(), {"a": {1, 2}}, b"bytes", float("nan"), ["x"] * 3])
def test_whatever_is_logged_logging_does_not_raise(value: object) -> None:
    for logs, read in (machine(), people()):
        logs.logger_for("cart").info("odd", value=value, other=1)
        assert len(read()) > 0


def test_what_cannot_be_shown_is_said_to_be_so() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError

    for logs, read in (machine(), people()):
        logs.logger_for("cart").info("odd", value=Shy())
        assert "that cannot be shown" in str(read())


def test_nobody_reading_is_no_reason_to_fail() -> None:
    out = io.BytesIO()
    logs = Logs(format="json", stream=out)
    out.close()
    logs.logger_for("cart").info("added")


def test_the_ids_that_arrived_stand_on_the_lines_of_a_scope() -> None:
    logs, lines = machine()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    with ambient.using(ambient.Ambient(trace=trace)):
        logs.logger_for("cart").info("in")
    logs.logger_for("cart").info("out")
    inside, outside = lines()
    assert inside["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert inside["span_id"] == "b7ad6b7169203331"
    assert "trace_id" not in outside


# --- foreign loggers ------------------------------------------------------------------------------------------------


def test_what_libraries_log_stands_on_the_same_lines() -> None:
    logs, lines = machine()
    undo = logs.route_foreign()
    try:
        logging.getLogger("some.library").warning("slow %s", "query")
        logging.getLogger("some.library").info("chatter")
        logging.getLogger("modules.cart.storage").info("opened")
        logging.getLogger("modules.cart.storage").debug("detail")
        try:
            raise ValueError("odd")
        except ValueError:
            logging.getLogger("some.library").exception("failed")
    finally:
        undo()
    assert [(line["module"], line["event"], line.get("logger")) for line in lines()] == [
        ("host", "slow query", "some.library"),
        ("cart", "opened", None),
        ("host", "failed", "some.library"),
    ]
    assert lines()[-1]["error"] == "ValueError: odd"


def test_warnings_of_python_are_logged_and_undone() -> None:
    logs, lines = machine()
    before = logging.getLogger().handlers[:]
    undo = logs.route_foreign()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn("old", DeprecationWarning, stacklevel=1)
    finally:
        undo()
    assert "DeprecationWarning: old" in lines()[0]["event"]
    assert logging.getLogger().handlers == before


@pytest.mark.parametrize(
    ("format", "environment", "is_json"),
    [
        ("auto", "development", False),
        ("auto", "production", True),
        ("json", "development", True),
        ("console", "production", False),
    ],
)
def test_auto_is_for_people_in_development_and_for_machines_elsewhere(
    format: Any, environment: str, is_json: bool
) -> None:
    out = io.BytesIO()
    Logs(format=format, environment=environment, stream=out).logger_for("cart").info("added")
    assert out.getvalue().startswith(b"{") is is_json


def test_loggers_exist_before_any_logs_are_set_up(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(module_under_test, "_in_force", None)
    module_under_test.logger_for("cart").info("added")
    assert b"cart" in capfdbinary.readouterr().out


def test_logging_imports_neither_rich_nor_opentelemetry() -> None:
    source = "import app.observing.logs, sys; print([m for m in ('rich', 'opentelemetry', 'grpc') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", source]) == b"[]\n"
