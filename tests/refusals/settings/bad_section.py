"""Values that a Settings class refuses together."""

from __future__ import annotations

from pathlib import Path

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = """
the values of `modules.cart` do not fit together: least is above most.
   at config/settings.toml:2  default.modules.cart.least
   at config/settings.toml:3  default.modules.cart.most
"""


class CartSettings(Settings):
    least: int
    most: int

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ValueError("least is above most")


def wrong(tmp_path: Path) -> object:
    return configured("[default.modules.cart]\nleast = 3\nmost = 2\n", modules={"cart": CartSettings}, root=tmp_path)
