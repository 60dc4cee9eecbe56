"""A section for a module that does not exist."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("`modules.crt` configures a module that does not exist", "settings.toml:1", "did you mean `cart`?")


def wrong() -> object:
    return configured("[default.modules.crt]\nmax_lines = 5\n", known=["cart", "catalog"])
