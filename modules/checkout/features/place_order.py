"""Places an order, once."""

from __future__ import annotations

from app import Failure
from modules.accounts.contract import require_owner
from modules.orders.contract import OrderResult
from modules.payment.contract import CreditCardInfo, request_id
from modules.shipping.contract import Address

from ..back_office import BackOffice
from ..clock import Clock
from ..contract import BeingPlaced, Checkout, PlaceOrderResponse
from ..domain import check_card, check_key, new_order_id, order_request
from ..fulfilment import Fulfilment
from ..journal import Journal
from ..placement import Draft, Placement
from ..pricing import Pricing
from ..storage import Placements, Superseded


class PlaceOrder(Checkout):
    """Answers `place_order`.

    Until the card may be charged nothing is changed and nothing is written down: what fails there can be asked again. From
    then on the order is a placement, which goes its way to the end whether or not its shopper waits for it.
    """

    def __init__(
        self,
        pricing: Pricing,
        placements: Placements,
        journal: Journal,
        fulfilment: Fulfilment,
        back_office: BackOffice,
        clock: Clock,
    ) -> None:
        self._pricing, self._placements, self._journal = pricing, placements, journal
        self._fulfilment, self._back_office, self._clock = fulfilment, back_office, clock

    async def place_order(
        self, user_id: str, address: Address, email: str, credit_card: CreditCardInfo, user_currency: str = ""
    ) -> PlaceOrderResponse:
        request = order_request(user_id, user_currency, address, email)
        check_card(credit_card)
        key = request_id.get()
        check_key(key)
        require_owner(user_id, "this cart")
        fingerprint = request.fingerprint()

        begun = await self._placements.find(user_id, key)
        draft: Draft | None = None
        if begun is None:
            try:
                draft = await self._pricing.draft(new_order_id(), request)
            except Failure:
                # The same request may have been quicker, and have emptied the cart.
                begun = await self._placements.find(user_id, key)
                if begun is None:
                    raise
        if begun is not None and (order := begun.answer(fingerprint, self._clock.now())) is not None:
            return PlaceOrderResponse(order)

        async def go_on() -> OrderResult:
            placement = await self._take(begun, key, fingerprint, draft)
            return (
                placement
                if isinstance(placement, OrderResult)
                else await self._fulfilment.place(placement, credit_card)
            )

        try:
            return PlaceOrderResponse(await self._back_office.carry_out(go_on))
        except Superseded:
            raise BeingPlaced from None

    async def _take(
        self, begun: Placement | None, key: str | None, fingerprint: str, draft: Draft | None
    ) -> Placement | OrderResult:
        """The placement to go on with, which nobody else has; or the order, where somebody else was quicker."""
        if begun is None and draft is not None:
            if (placement := await self._journal.begin(key, fingerprint, draft)) is not None:
                return placement
            begun = await self._placements.find(draft.user_id, key)
        if begun is not None:
            if (order := begun.answer(fingerprint, self._clock.now())) is not None:
                return order
            if (placement := await self._journal.take_over(begun)) is not None:
                return placement
        raise BeingPlaced()
