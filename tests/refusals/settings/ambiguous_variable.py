"""A variable that could mean two keys."""

from __future__ import annotations

from pathlib import Path

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = """
the variable PANGAEA_MODULES_CART_A_B could mean `modules.cart.a.b`, `modules.cart.a_b`.
   fix: separate the parts by two underscores: `PANGAEA_MODULES__CART__A__B`, `PANGAEA_MODULES__CART__A_B`.
"""


class Inner(Settings):
    b: int = 0


class CartSettings(Settings):
    a: Inner = Inner()
    a_b: int = 0


def wrong(tmp_path: Path) -> object:
    return configured(variables={"PANGAEA_MODULES_CART_A_B": "1"}, modules={"cart": CartSettings}, root=tmp_path)
