"""An annotation names what is imported for type checkers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
the parameter 'rate' of Prices is 'Decimal', and name 'Decimal' is not defined.
   at unreadable_annotation.py:27  Module(shop)
   at unreadable_annotation.py:22  Prices
   fix: import the name at the top of the file, outside `if TYPE_CHECKING`.
"""


if TYPE_CHECKING:
    from decimal import Decimal


class Prices:
    def __init__(self, rate: Decimal) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Prices])], Offers())
