"""A section that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
unknown key `htp`.
   at config/settings.toml:1  default.htp
   did you mean `http`?
   fix: known there: `http`, `grpc`, `management`, `data`, `log`, `database`, `calls`, `life`, `deployment`, `peers`, `identity`, `tracing`, `modules`.
"""


def wrong(tmp_path: Path) -> object:
    return configured("[default.htp]\nport = 8081\n", root=tmp_path)
