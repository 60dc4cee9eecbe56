"""`--set` without a value."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`--set …` is no assignment.
   at option --set
   fix: write --set section.key=value, such as --set http.port=8081.
"""


def wrong(tmp_path: Path) -> object:
    return configured(options=["hunter2"], root=tmp_path)
