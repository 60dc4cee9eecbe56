"""What can be set in `[modules.cart]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Settings


class CartSettings(Settings):
    """How much a cart holds."""

    max_lines: Annotated[int, Meta(ge=1)] = 100
    """Different products in one cart."""
    max_stored: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 10_000
    """Pieces of one product in one cart, however often it is added."""
