"""A key that no section knows."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
unknown key `http.prt`.
   at config/settings.toml:2  default.http.prt
   did you mean `http.port`?
   fix: known there: `enabled`, `host`, `port`, `max_body_bytes`, `max_header_bytes`, `trusted_proxies`.
"""


def wrong(tmp_path: Path) -> object:
    return configured("[default.http]\nprt = 8081\n", root=tmp_path)
