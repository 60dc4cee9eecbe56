"""A file that is not TOML."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("settings.toml is not TOML", "settings.toml:2")


def wrong() -> object:
    return configured("[default.http]\nport 8081\n")
