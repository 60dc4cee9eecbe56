"""A secret that is set nowhere."""

from __future__ import annotations

from pathlib import Path

from app.module.settings import Secret, Settings
from tests.projects import configured

EXPECTED = """
`modules.cart.token` is set nowhere; it expects text, kept secret.
   at missing_secret.py:17  CartSettings
   fix: write `token = …` below [default.modules.cart] in config/.secrets.toml, or set PANGAEA_MODULES_CART_TOKEN.
"""


class CartSettings(Settings):
    token: Secret[str]


def wrong(tmp_path: Path) -> object:
    return configured(modules={"cart": CartSettings}, root=tmp_path)
