"""A key that no section knows."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("unknown key `http.prt`", "settings.toml:2", "did you mean `http.port`?")


def wrong() -> object:
    return configured("[default.http]\nprt = 8081\n")
