"""A value of the wrong type."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ('`http.port` expects a whole number, at least 0 and at most 65535, and got "many"', "settings.toml:2")


def wrong() -> object:
    return configured('[default.http]\nport = "many"\n')
