"""`--set` with a key that does not exist."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("unknown key `http.prt`", "option --set http.prt", "did you mean `http.port`?")


def wrong() -> object:
    return configured(options=["http.prt=8081"])
