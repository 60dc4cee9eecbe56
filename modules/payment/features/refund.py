"""Gives a charge back."""

from __future__ import annotations

from ..clock import Clock
from ..contract import NoSuchTransaction, Payments, RefundResponse
from ..domain import is_transaction_id, shown
from ..storage import ChargeStore


class Refund(Payments):
    """Answers `refund`."""

    def __init__(self, store: ChargeStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def refund(self, transaction_id: str) -> RefundResponse:
        id = await self._store.refund(transaction_id, self._clock.now()) if is_transaction_id(transaction_id) else None
        if id is None:
            raise NoSuchTransaction(shown(transaction_id))
        return RefundResponse(id)
