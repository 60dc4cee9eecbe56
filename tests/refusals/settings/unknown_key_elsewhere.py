"""A slip in the table of another environment, which waits for its day."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("unknown key `http.prt`", "settings.toml:2")


def wrong() -> object:
    return configured("[production.http]\nprt = 8081\n")
