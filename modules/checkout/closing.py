"""What is left to do once an order is on its way: keep it, empty the cart, confirm. None of it can fail the order."""

from __future__ import annotations

import asyncio

from app import DatabaseUnavailable, InvalidArgument, Logger, deadline
from modules.cart.contract import Carts
from modules.email.contract import Emails
from modules.orders.contract import OrderBook

from .domain import why
from .journal import Journal
from .placement import Placement
from .settings import CheckoutSettings
from .storage import Superseded


class Closing:
    """Closes placements that are placed; what does not succeed is left to the background, but for the cart."""

    def __init__(
        self, book: OrderBook, carts: Carts, emails: Emails, journal: Journal, settings: CheckoutSettings, log: Logger
    ) -> None:
        self._book, self._carts, self._emails = book, carts, emails
        self._journal = journal
        self._step = settings.step_seconds
        self._log = log

    async def close(self, placement: Placement) -> None:
        """As far as it can be done now."""
        recorded = placement.recorded or await self._record(placement)
        emptied, confirmed = await asyncio.gather(self._empty(placement), self._confirm(placement))
        progress = {"recorded": recorded, "emptied": emptied, "confirmed": confirmed}
        try:
            if recorded and confirmed:
                await self._journal.leave(placement, **progress)
            else:
                await self._journal.put_off(placement, **progress)
        except (DatabaseUnavailable, Superseded) as error:  # it is done again: each of these may be done twice
            self._log.warning(
                "what was done for an order could not be noted", order_id=placement.order_id, why=why(error)
            )

    async def _record(self, placement: Placement) -> bool:
        try:
            with deadline(self._step):
                await self._book.record(placement.draft.kept())
        except Exception as error:
            self._log.error("an order is not in the order book yet", order_id=placement.order_id, why=why(error))
            return False
        return True

    async def _empty(self, placement: Placement) -> bool:
        """Whether the cart is empty, or not ours to empty any more."""
        if placement.emptied:
            return True
        try:
            with deadline(self._step):
                if placement.attempt > 1:  # some time has passed: what has been put into the cart since, stays there
                    cart = await self._carts.get_cart(placement.user_id)
                    if cart.items != tuple(line.item for line in placement.draft.order.items):
                        return True
                await self._carts.empty_cart(placement.user_id)
        except Exception as error:
            self._log.warning("the cart of an order stays as it is", order_id=placement.order_id, why=why(error))
            return False
        return True

    async def _confirm(self, placement: Placement) -> bool:
        """Whether it is confirmed, or cannot ever be."""
        if placement.confirmed:
            return True
        try:
            with deadline(self._step):
                await self._emails.send_order_confirmation(placement.draft.email, placement.draft.order)
        except InvalidArgument as failure:
            self._log.error("an order cannot be confirmed", order_id=placement.order_id, why=why(failure))
            return True
        except Exception as error:
            self._log.warning("an order is not confirmed yet", order_id=placement.order_id, why=why(error))
            return False
        return True
