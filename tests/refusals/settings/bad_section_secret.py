"""A Settings class that says its secret in an error: it is masked."""

from __future__ import annotations

from pathlib import Path

from app.module.settings import Secret, Settings
from tests.projects import configured

EXPECTED = """
the values of `modules.cart` do not fit together: *** is too short.
   at variable PANGAEA_MODULES_CART_TOKEN
"""


class CartSettings(Settings):
    token: Secret[str]

    def __post_init__(self) -> None:
        raise ValueError(f"{self.token.reveal()} is too short")


def wrong(tmp_path: Path) -> object:
    return configured(
        variables={"PANGAEA_MODULES_CART_TOKEN": "hunter2"}, modules={"cart": CartSettings}, root=tmp_path
    )
