"""A section that does not exist."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("unknown key `htp`", "settings.toml:1", "did you mean `http`?")


def wrong() -> object:
    return configured("[default.htp]\nport = 8081\n")
