"""Charges a card."""

from __future__ import annotations

from modules.currency.contract import Money

from ..cards import check_card
from ..clock import Clock
from ..contract import ChargeRefunded, ChargeResponse, CreditCardInfo, Payments, RequestIdReused, request_id
from ..domain import check_amount, check_request_id
from ..storage import Charge, ChargeStore


class ChargeCard(Payments):
    """Answers `charge`."""

    def __init__(self, store: ChargeStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def charge(self, amount: Money, credit_card: CreditCardInfo) -> ChargeResponse:
        name = request_id.get()
        if name is not None:
            check_request_id(name)
        check_amount(amount)
        # A card that has expired since it was charged must not hide that it was: the repetition is answered first.
        if name is not None and (earlier := await self._store.find(name)) is not None:
            return _answer(earlier, amount)
        now = self._clock.now()
        payer = check_card(credit_card, now.date())
        return _answer(await self._store.add(amount, payer, name, now), amount)


def _answer(charge: Charge, amount: Money) -> ChargeResponse:
    if charge.amount != amount:
        raise RequestIdReused()
    if charge.refunded:
        raise ChargeRefunded(charge.transaction_id)
    return ChargeResponse(charge.transaction_id)
