"""A variable that cannot be what its key expects."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ('`log.level` expects one of "debug", "info", "warning", "error"', "`loud`", "variable PANGAEA_LOG_LEVEL")


def wrong() -> object:
    return configured(variables={"PANGAEA_LOG_LEVEL": "loud"})
