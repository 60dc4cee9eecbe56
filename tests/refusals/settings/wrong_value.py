"""A value of the wrong type."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`http.port` expects a whole number, at least 0 and at most 65535, and got "many".
   at config/settings.toml:2  default.http.port
"""


def wrong(tmp_path: Path) -> object:
    return configured('[default.http]\nport = "many"\n', root=tmp_path)
