"""A key without a default that is set nowhere."""

from __future__ import annotations

from pathlib import Path

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = """
`modules.cart.url` is set nowhere; it expects text.
   at missing_value.py:17  CartSettings
   fix: write `url = …` below [default.modules.cart] in config/settings.toml, or set PANGAEA_MODULES_CART_URL.
"""


class CartSettings(Settings):
    url: str


def wrong(tmp_path: Path) -> object:
    return configured(modules={"cart": CartSettings}, root=tmp_path)
