"""Takes everything out of a cart."""

from __future__ import annotations

from modules.accounts.contract import require_owner

from ..contract import Carts
from ..domain import THIS_CART, storable
from ..storage import CartStore


class EmptyCart(Carts):
    """Answers `empty_cart`."""

    def __init__(self, store: CartStore) -> None:
        self._store = store

    async def empty_cart(self, user_id: str) -> None:
        require_owner(user_id, THIS_CART)
        if storable(user_id):
            await self._store.empty(user_id)
