"""A secret of the wrong type is not repeated."""

from __future__ import annotations

from app.module.settings import Secret, Settings
from tests.projects import configured

EXPECTED = (
    "`modules.cart.pins` expects a list, each item a whole number, kept secret, and got something else",
    "PANGAEA_MODULES_CART_PINS",
)
UNSAID = ("hunter2",)


class CartSettings(Settings):
    pins: tuple[Secret[int], ...] = ()


def wrong() -> object:
    return configured(variables={"PANGAEA_MODULES_CART_PINS": "hunter2"}, modules={"cart": CartSettings})
