"""A section for a module that takes no settings."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("the module `cart` takes no settings", "settings.toml:1")


def wrong() -> object:
    return configured("[default.modules.cart]\nmax_lines = 5\n", modules={"cart": None})
