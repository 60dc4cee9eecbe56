"""Log lines through structlog: from steps, from modules' own loggers and from foreign libraries, by one pipeline."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

import msgspec

from .. import ambient
from ..telling import steps
from ..telling.logger import Logger
from ..telling.refusals import Refused
from .console import Console, as_text
from .foreign import ForeignHandler, route
from .lines import say
from .masking import Known, mask_fields, mask_text
from .structure import structlog
from .summary import Summary

if TYPE_CHECKING:
    from ..config import Config
    from ..placing.plan import ProcessPlan

Format = Literal["auto", "console", "json"]
Fields = MutableMapping[str, Any]

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
HOST = "host"
"""The module that stands on the lines of nobody's module."""


class Logs:
    """Everything that this process logs, on one stream.

    level: the least that is shown. format: `console` is for people, `json` for machines; `auto` means console in
    development and on a terminal. process: named on each JSON line. table: whether Ready is drawn as a table (console
    only; not below a supervisor, which draws its own).
    """

    def __init__(
        self,
        *,
        level: str = "info",
        format: Format = "auto",
        environment: str = "development",
        process: str = "",
        stream: IO[bytes] | None = None,
        colours: bool | None = None,
        table: bool | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        tty = _is_tty(stream if stream is not None else sys.stdout)
        people = format == "console" or (format == "auto" and (tty or environment == "development"))
        self.known = Known(secrets)
        """Secrets by value; `known.add(...)` hides more of them."""
        self._console = Console(wants_colours(tty) if colours is None else colours) if people else None
        self._process = process
        self._shows_debug = level == "debug"
        self._table = ("PANGAEA_NOTIFY_FD" not in os.environ) if table is None else table
        self._summary = Summary() if people and self._table else None
        self._level = LEVELS[level]
        self._root: Any = structlog.wrap_logger(
            structlog.BytesLogger(cast(Any, _Stream(stream))),
            processors=[self._complete, self._render],
            wrapper_class=structlog.make_filtering_bound_logger(self._level),
            context_class=dict,
            cache_logger_on_first_use=True,
        )
        self._host: Any = self.logger_for(HOST)
        self._loggers: dict[str, Any] = {}

    def logger_for(self, module: str) -> Logger:
        """The logger that a module is given; its lines carry the module's name."""
        return cast(Logger, self._root.bind(_module=module or HOST))

    def __call__(self, step: steps.Step) -> None:
        """Log a step: this is the listener for the host's Teller."""
        summary = self._summary
        if summary is not None:
            summary.listen(step)
            if isinstance(step, steps.Listening) and not self._shows_debug:
                return  # stands in the table
        if self._console is not None and isinstance(getattr(step, "error", None), Refused):
            return  # whoever started this draws it; a line for machines stays
        said = say(step)
        logger = self._host
        if step.module:
            logger = self._loggers.get(step.module)
            if logger is None:
                logger = self._loggers[step.module] = self.logger_for(step.module)
        if said.error is not None:
            said.fields["exc_info"] = said.error
        if summary is not None and isinstance(step, steps.Ready) and self._console is not None:
            said.fields.clear()
            said.fields["text"] = summary.draw(step, self._console)
        getattr(logger, said.level)(said.event, **said.fields)

    def route_foreign(self) -> Callable[[], None]:
        """Send what libraries log through the standard library here too; the returned function undoes it.

        Foreign loggers are heard from warnings on (from info where everything is), modules' own at the level in force.
        """
        foreign = logging.INFO if self._shows_debug else max(logging.WARNING, self._level)
        return route(ForeignHandler(self.logger_for), own=self._level, foreign=foreign)

    def _complete(self, _logger: Any, method: str, fields: Fields) -> Fields:
        """Put what stands on every line first, and texts in the place of exceptions."""
        module = fields.pop("_module", HOST)
        event = fields.pop("event", "")
        given = fields.pop("exc_info", None)
        error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
        level = "error" if method in ("exception", "critical") else "warning" if method == "warn" else method
        whole: dict[str, Any] = {"time": _now(self._console is None), "level": level, "module": module, "event": event}
        if self._process and self._console is None:
            whole["process"] = self._process
        if ids := trace_ids():
            whole["trace_id"], whole["span_id"] = ids
        for name, value in mask_fields(fields).items():
            if name not in whole:
                whole[name] = value
            elif value != whole[name]:
                whole[f"{name}_"] = value
        if isinstance(error, BaseException):
            whole["error"] = f"{type(error).__name__}: {mask_text(as_text(error, str))}".rstrip(": ")
            if not isinstance(error, (TimeoutError, Refused)) and error.__traceback__ is not None:
                whole["stack"] = mask_text("".join(traceback.format_exception(error)))
        return whole

    def _render(self, _logger: Any, _method: str, fields: Fields) -> bytes:
        if self._console is not None:
            line = self._console(fields).encode("utf-8", "backslashreplace")
        else:
            try:
                line = msgspec.json.encode(fields, enc_hook=as_text)
            except Exception:  # a key that is no text, a lone surrogate: logging must never raise
                line = msgspec.json.encode({str(k): _clean(v) for k, v in fields.items()})
        return self.known.hide(line)


_in_force: Logs | None = None


def set_up(config: Config, plan: ProcessPlan) -> Logs:
    """The logs of a process as it is configured: from now on `logger_for` and foreign libraries log there, too."""
    global _in_force
    process = f"{plan.process}-{plan.replica}" if "PANGAEA_REPLICA" in os.environ else plan.process
    logs = Logs(
        level=config.log.level,
        format=config.log.format,
        environment=config.environment,
        process=process,
        secrets=secrets_of(config),
    )
    logs.route_foreign()
    _in_force = logs
    return logs


def logger_for(module: str) -> Logger:
    """A module's logger from the logs that were set up last; where none were (in tests), from plain ones."""
    global _in_force
    if _in_force is None:
        _in_force = Logs(table=False)
    return _in_force.logger_for(module)


def secrets_of(config: Config) -> list[str]:
    """The secrets of the host's own sections, to be hidden by value."""
    found = [key.reveal() for key in (config.deployment.key, config.identity.key) if key is not None]
    for url in (config.database.url, config.database.replica_url):
        with suppress(ValueError):
            found += filter(None, [urlsplit(url).password])
    return found


class _Stream:
    """A stream that swallows its own end: nobody reading the log is no reason to fail a call. None: stdout, whatever
    that is at the moment."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream

    def write(self, line: bytes) -> None:
        try:
            (self._stream or sys.stdout.buffer).write(line)
        except (OSError, ValueError, AttributeError):
            return

    def flush(self) -> None:
        try:
            (self._stream or sys.stdout.buffer).flush()
        except (OSError, ValueError, AttributeError):
            return


def wants_colours(tty: bool, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour: NO_COLOR and FORCE_COLOR decide, otherwise a terminal that can."""
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (tty and environ.get("TERM") != "dumb")


def trace_ids() -> tuple[str, str] | None:
    """Trace and span ids in force: a recording span's, else those that arrived with the request."""
    scope = ambient.current()
    tracing = sys.modules.get("opentelemetry.trace")
    if tracing is not None:
        for span in (tracing.get_current_span(), scope.span if scope is not None else None):
            if span is not None and span.is_recording():
                context = span.get_span_context()
                return f"{context.trace_id:032x}", f"{context.span_id:016x}"
    if scope is not None and len(parts := scope.trace.split("-")) >= 4:
        return parts[1], parts[2]
    return None


def _now(utc: bool) -> str:
    if utc:
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return datetime.now().astimezone().strftime("%H:%M:%S.%f")[:-3]


def _clean(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else as_text(value)
    return text.encode("utf-8", "backslashreplace").decode()


def _is_tty(stream: IO[Any] | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False
