"""A secret of the wrong type is not repeated."""

from __future__ import annotations

from pathlib import Path

from app.module.settings import Secret, Settings
from tests.projects import configured

EXPECTED = """
`modules.cart.pins` expects a list, each item a whole number, kept secret, and got something else.
   at variable PANGAEA_MODULES_CART_PINS
"""


class CartSettings(Settings):
    pins: tuple[Secret[int], ...] = ()


def wrong(tmp_path: Path) -> object:
    return configured(variables={"PANGAEA_MODULES_CART_PINS": "hunter2"}, modules={"cart": CartSettings}, root=tmp_path)
