"""A secret that is set nowhere."""

from __future__ import annotations

from app.module.settings import Secret, Settings
from tests.projects import configured

EXPECTED = ("`modules.cart.token` is set nowhere", "config/.secrets.toml")


class CartSettings(Settings):
    token: Secret[str]


def wrong() -> object:
    return configured(modules={"cart": CartSettings})
