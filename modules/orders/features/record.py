"""Keeps an order."""

from __future__ import annotations

from ..contract import Order, OrderBook
from ..storage import OrderStore


class Record(OrderBook):
    """Answers `record`."""

    def __init__(self, store: OrderStore) -> None:
        self._store = store

    async def record(self, order: Order) -> None:
        await self._store.keep(order)
