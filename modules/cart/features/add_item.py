"""Puts something into a cart."""

from __future__ import annotations

from modules.accounts.contract import require_owner

from ..contract import CartItem, Carts
from ..domain import THIS_CART, check_addition
from ..storage import CartStore


class AddItem(Carts):
    """Answers `add_item`."""

    def __init__(self, store: CartStore) -> None:
        self._store = store

    async def add_item(self, user_id: str, item: CartItem) -> None:
        require_owner(user_id, THIS_CART)
        check_addition(user_id, item)
        await self._store.add(user_id, item)
