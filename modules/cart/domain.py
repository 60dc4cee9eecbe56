"""What may go into a cart, and what becomes of two carts that are made one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modules.accounts.contract import is_account

from .contract import CartItem, InvalidItem

MOST_ADDED = 1000
"""Pieces that can be added at once."""
LONGEST_ID = 200
"""Characters; no index takes more than a few of them."""


THIS_CART = "this cart"
"""What is refused to those whose it is not."""


def check_addition(user_id: str, item: CartItem) -> None:
    """Raises InvalidItem, naming the field."""
    _check_ids(("user_id", user_id), ("item.product_id", item.product_id))
    if not 1 <= item.quantity <= MOST_ADDED:
        raise InvalidItem("item.quantity", f"must be 1 to {MOST_ADDED}, and is {item.quantity}")


def check_take_over(from_user_id: str, into_user_id: str) -> None:
    """Raises InvalidItem, naming the field. Only anonymous carts are taken over: nobody loses an account's."""
    _check_ids(("from_user_id", from_user_id), ("into_user_id", into_user_id))
    if from_user_id != into_user_id and is_account(from_user_id):
        raise InvalidItem("from_user_id", "is an account's, whose cart stays with it")


def merged(
    held: Mapping[str, int], coming: Iterable[CartItem], *, max_lines: int, max_stored: int
) -> tuple[CartItem, ...]:
    """The lines that change when others come in: with the quantity that they then have, new ones in the order of coming.

    What does not fit is left out; what is held never gets less.
    """
    changed: list[CartItem] = []
    places = max_lines - len(held)
    for item in coming:
        has = held.get(item.product_id, 0)
        if not has and places <= 0:
            continue
        together = min(has + item.quantity, max_stored)
        if together > has:
            changed.append(CartItem(item.product_id, together))
            places -= not has
    return tuple(changed)


def storable(id: str) -> bool:
    """Whether every database takes the id, so that there can be something under it."""
    return 0 < len(id) <= LONGEST_ID and "\0" not in id


def _check_ids(*ids: tuple[str, str]) -> None:
    for field, value in ids:
        if not value:
            raise InvalidItem(field, "is missing")
        if not storable(value):
            raise InvalidItem(field, f"must be at most {LONGEST_ID} characters, none of them NUL")
