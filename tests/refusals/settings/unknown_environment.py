"""PANGAEA_ENV with a slip of the pen."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
there is no environment `prodution`.
   did you mean `production`?
   fix: set PANGAEA_ENV to one of `development`, `production`, `testing`, or add [prodution] to config/settings.toml.
"""


def wrong(tmp_path: Path) -> object:
    return configured(variables={"PANGAEA_ENV": "prodution"}, root=tmp_path)
