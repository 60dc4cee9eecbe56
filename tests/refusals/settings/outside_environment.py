"""A section without its environment."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`http` stands outside of every environment.
   at config/settings.toml:1  http
   fix: write it as default.http, or below the environment that it is for.
"""


def wrong(tmp_path: Path) -> object:
    return configured("[http]\nport = 8081\n", root=tmp_path)
