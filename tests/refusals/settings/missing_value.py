"""A key without a default that is set nowhere."""

from __future__ import annotations

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = (
    "`modules.cart.url` is set nowhere",
    "it expects text",
    "missing_value.py",
    "[default.modules.cart]",
    "PANGAEA_MODULES_CART_URL",
)


class CartSettings(Settings):
    url: str


def wrong() -> object:
    return configured(modules={"cart": CartSettings})
