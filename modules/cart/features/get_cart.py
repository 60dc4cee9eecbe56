"""Looks into a cart."""

from __future__ import annotations

from modules.accounts.contract import require_owner

from ..contract import Cart, Carts
from ..domain import THIS_CART, storable
from ..storage import CartStore


class GetCart(Carts):
    """Answers `get_cart`."""

    def __init__(self, store: CartStore) -> None:
        self._store = store

    async def get_cart(self, user_id: str) -> Cart:
        require_owner(user_id, THIS_CART)
        items = await self._store.items(user_id) if storable(user_id) else ()
        return Cart(user_id, items) if items else Cart()
