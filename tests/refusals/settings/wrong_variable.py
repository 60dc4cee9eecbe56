"""A variable that cannot be what its key expects."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`log.level` expects one of "debug", "info", "warning", "error", and got `loud`.
   at variable PANGAEA_LOG_LEVEL
"""


def wrong(tmp_path: Path) -> object:
    return configured(variables={"PANGAEA_LOG_LEVEL": "loud"}, root=tmp_path)
