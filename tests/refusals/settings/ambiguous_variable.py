"""A variable that could mean two keys."""

from __future__ import annotations

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = ("PANGAEA_MODULES_CART_A_B could mean", "`PANGAEA_MODULES__CART__A__B`", "`PANGAEA_MODULES__CART__A_B`")


class Inner(Settings):
    b: int = 0


class CartSettings(Settings):
    a: Inner = Inner()
    a_b: int = 0


def wrong() -> object:
    return configured(variables={"PANGAEA_MODULES_CART_A_B": "1"}, modules={"cart": CartSettings})
