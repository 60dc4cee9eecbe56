"""What may go into a cart."""

from __future__ import annotations

from .contract import CartItem, InvalidItem

MOST_ADDED = 1000
"""Pieces that can be added at once."""
LONGEST_ID = 200
"""Characters; no index takes more than a few of them."""


def check_addition(user_id: str, item: CartItem) -> None:
    """Raises InvalidItem, naming the field."""
    for field, value in (("user_id", user_id), ("item.product_id", item.product_id)):
        if not value:
            raise InvalidItem(field, "is missing")
        if not storable(value):
            raise InvalidItem(field, f"must be at most {LONGEST_ID} characters, none of them NUL")
    if not 1 <= item.quantity <= MOST_ADDED:
        raise InvalidItem("item.quantity", f"must be 1 to {MOST_ADDED}, and is {item.quantity}")


def storable(id: str) -> bool:
    """Whether every database takes the id, so that there can be something under it."""
    return 0 < len(id) <= LONGEST_ID and "\0" not in id
