"""Moves what an anonymous shopper had chosen into the cart of the account they turned out to be."""

from __future__ import annotations

from modules.accounts.contract import require_owner

from ..contract import Carts
from ..domain import THIS_CART, check_take_over
from ..storage import CartStore


class TakeOver(Carts):
    """Answers `take_over`."""

    def __init__(self, store: CartStore) -> None:
        self._store = store

    async def take_over(self, from_user_id: str, into_user_id: str) -> None:
        check_take_over(from_user_id, into_user_id)
        require_owner(into_user_id, THIS_CART)
        if from_user_id != into_user_id:
            await self._store.move(from_user_id, into_user_id)
