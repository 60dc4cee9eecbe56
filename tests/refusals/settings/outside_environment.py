"""A section without its environment."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("`http` stands outside of every environment", "settings.toml:1", "default.http")


def wrong() -> object:
    return configured("[http]\nport = 8081\n")
