"""Values that a Settings class refuses together."""

from __future__ import annotations

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = (
    "the values of `modules.cart` do not fit together: least is above most",
    "settings.toml:2",
    "settings.toml:3",
)


class CartSettings(Settings):
    least: int
    most: int

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ValueError("least is above most")


def wrong() -> object:
    return configured("[default.modules.cart]\nleast = 3\nmost = 2\n", modules={"cart": CartSettings})
