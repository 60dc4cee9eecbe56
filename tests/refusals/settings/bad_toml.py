"""A file that is not TOML."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
settings.toml is not TOML: Expected '=' after a key in a key/value pair.
   at config/settings.toml:2
   fix: correct the line; the format is described at toml.io.
"""


def wrong(tmp_path: Path) -> object:
    return configured("[default.http]\nport 8081\n", root=tmp_path)
