"""Puts something into a cart."""

from __future__ import annotations

from ..contract import CartItem, Carts
from ..domain import check_addition
from ..storage import CartStore


class AddItem(Carts):
    """Answers `add_item`."""

    def __init__(self, store: CartStore) -> None:
        self._store = store

    async def add_item(self, user_id: str, item: CartItem) -> None:
        check_addition(user_id, item)
        await self._store.add(user_id, item)
