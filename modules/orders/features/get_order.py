"""Looks up an order."""

from __future__ import annotations

from modules.accounts.contract import require_owner

from ..contract import NoSuchOrder, Order, Orders
from ..domain import shown, storable
from ..storage import OrderStore


class GetOrder(Orders):
    """Answers `get_order`."""

    def __init__(self, store: OrderStore) -> None:
        self._store = store

    async def get_order(self, order_id: str) -> Order:
        order = await self._store.find(order_id) if storable(order_id) else None
        if order is None:
            raise NoSuchOrder(shown(order_id))
        require_owner(order.user_id, "this order")
        return order
