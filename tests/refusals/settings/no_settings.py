"""A section for a module that takes no settings."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`modules.cart` is configured, and the module `cart` takes no settings.
   at config/settings.toml:1  default.modules.cart
   fix: remove the section, or declare Module(settings=…) in cart.
"""


def wrong(tmp_path: Path) -> object:
    return configured("[default.modules.cart]\nmax_lines = 5\n", modules={"cart": None}, root=tmp_path)
