"""Brings what libraries log through the standard library onto the same lines."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ..module.message import home_of
from ..telling.logger import Logger


class ForeignHandler(logging.Handler):
    """Hands each record to the logger of the module that it came from."""

    def __init__(self, logger_for: Callable[[str], Logger]) -> None:
        super().__init__()
        self._logger_for = logger_for

    def emit(self, record: logging.LogRecord) -> None:
        own = record.name.startswith("modules.")
        fields: dict[str, Any] = {} if own else {"logger": record.name}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        try:
            logger = self._logger_for(home_of(record.name) if own else "")
            getattr(logger, _method(record.levelno))(record.getMessage(), **fields)
        except Exception:
            self.handleError(record)


def _method(level: int) -> str:
    if level >= logging.ERROR:
        return "error"
    if level >= logging.WARNING:
        return "warning"
    return "info" if level >= logging.INFO else "debug"


def route(handler: logging.Handler, *, own: int, foreign: int) -> Callable[[], None]:
    """Make a handler the only one of the root logger; the returned function puts back what was there."""
    root, modules = logging.getLogger(), logging.getLogger("modules")
    before, root_level, modules_level = root.handlers[:], root.level, modules.level
    root.handlers[:] = [handler]
    root.setLevel(foreign)
    modules.setLevel(own)
    logging.captureWarnings(True)

    def undo() -> None:
        root.handlers[:] = before
        root.setLevel(root_level)
        modules.setLevel(modules_level)
        logging.captureWarnings(False)

    return undo
