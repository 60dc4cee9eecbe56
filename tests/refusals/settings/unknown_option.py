"""`--set` with a key that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
unknown key `http.prt`.
   at option --set http.prt
   did you mean `http.port`?
   fix: known there: `enabled`, `host`, `port`, `max_body_bytes`, `max_header_bytes`, `trusted_proxies`.
"""


def wrong(tmp_path: Path) -> object:
    return configured(options=["http.prt=8081"], root=tmp_path)
