"""Carries a placement through its steps: charge, ship or give back, then close.

Each state is written down before the step that follows it, so that whoever finds the placement after a crash goes on
where it stopped. The neighbours are asked under the order's id as `request_id`: a card is charged once under it, however
often that is asked.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from app import (
    DatabaseUnavailable,
    InvalidArgument,
    Logger,
    NotFound,
    Principal,
    Unimplemented,
    Unknown,
    acting,
    deadline,
    principal,
)
from modules.accounts.contract import is_account
from modules.orders.contract import OrderResult
from modules.payment.contract import (
    CASHIER,
    ChargeRefunded,
    CreditCardInfo,
    InvalidCharge,
    Payments,
    RequestIdReused,
    request_id,
)
from modules.shipping.contract import Shipping

from .closing import Closing
from .contract import ChargeFailed, ChargeRefused, ShippingFailed
from .domain import shown, why, without_card
from .journal import Journal
from .placement import Placement, State
from .settings import CheckoutSettings
from .storage import Superseded

OURSELVES = Principal("checkout", frozenset({CASHIER}))
"""Who gives back: never the shopper."""


class Fulfilment:
    """Goes on with a placement from whatever state it is in. Raises DatabaseUnavailable, Superseded."""

    def __init__(
        self,
        payments: Payments,
        shipping: Shipping,
        closing: Closing,
        journal: Journal,
        settings: CheckoutSettings,
        log: Logger,
    ) -> None:
        self._payments, self._shipping, self._closing = payments, shipping, closing
        self._journal = journal
        self._step = settings.step_seconds
        self._log = log

    async def place(self, placement: Placement, card: CreditCardInfo) -> OrderResult:
        """Up to the order. Raises ChargeRefused, ChargeFailed, ShippingFailed."""
        with _for_the_shopper(placement):
            if placement.state in (State.CHARGING, State.UNRESOLVED):
                placement = await self._charge(placement, card)
            return await self._charged(placement)

    async def resume(self, placement: Placement) -> None:
        """In the background, where nobody has the card."""
        with _for_the_shopper(placement):
            if placement.state is State.CHARGING:
                self._log.error("nobody knows whether the card of an order was charged: look it up by this request_id",
                                order_id=placement.order_id, total=_said(placement))  # fmt: skip
                await self._journal.leave(placement, state=State.UNRESOLVED)
            elif placement.state is State.REFUNDING:
                await self._give_back(placement)
            elif placement.state is State.CHARGED:
                try:
                    await self._charged(placement)
                except ShippingFailed as failure:
                    self._log.warning(
                        "an order that crashed was given up", order_id=placement.order_id, why=failure.text
                    )
            elif placement.state is State.PLACED:
                await self._closing.close(placement)

    async def _charged(self, placement: Placement) -> OrderResult:
        placement = await self._ship(placement)
        await self._closing.close(placement)
        return placement.draft.order

    async def _charge(self, placement: Placement, card: CreditCardInfo) -> Placement:
        try:
            with deadline(self._step):
                charged = await self._payments.charge(placement.draft.total, card)
        except ChargeRefunded as failure:
            await self._journal.leave(placement, state=State.REFUNDED, key=None)
            raise ChargeFailed(without_card(failure.text, card)) from None
        except Exception as error:
            said = without_card(why(error), card)
            if _refused(error):
                await self._journal.forget(placement)
                raise ChargeRefused(error.field if isinstance(error, InvalidCharge) else "credit_card", said) from None
            # An answer that got lost may have been a charge: the row stays, and with it the id to ask under again.
            self._log.warning("a card may be charged or not", order_id=placement.order_id, why=said)
            await self._journal.leave_open(placement)
            raise ChargeFailed(said) from None
        try:
            transaction_id = charged.transaction_id.replace("\0", "�")  # what no database takes must not lose a charge
            return await self._journal.note(placement, state=State.CHARGED, transaction_id=transaction_id)
        except DatabaseUnavailable:
            self._log.error("a charge could not be written down", order_id=placement.order_id,
                            transaction_id=charged.transaction_id, total=_said(placement))  # fmt: skip
            raise

    async def _ship(self, placement: Placement) -> Placement:
        order = placement.draft.order
        try:
            with deadline(self._step):
                shipped = await self._shipping.ship_order(
                    order.shipping_address, tuple(line.item for line in order.items)
                )
        except Exception as error:
            placement = await self._journal.note(placement, state=State.REFUNDING)
            await self._give_back(placement)
            raise ShippingFailed(why(error)) from None
        draft = placement.draft.shipped(shown(shipped.tracking_id))
        return await self._journal.note(placement, state=State.PLACED, draft=draft)

    async def _give_back(self, placement: Placement) -> None:
        owed = {"order_id": placement.order_id, "transaction_id": placement.transaction_id, "total": _said(placement)}
        try:
            try:
                with deadline(self._step), acting(OURSELVES):
                    await self._payments.refund(placement.transaction_id)
            except (Unimplemented, NotFound) as failure:
                self._log.error("a charge must be given back by hand", why=why(failure), **owed)
                await self._journal.leave(placement, state=State.UNREFUNDABLE)
            except Exception as error:
                self._log.warning("a charge is not given back yet", why=why(error), **owed)
                await self._journal.put_off(placement)
            else:
                await self._journal.leave(placement, state=State.REFUNDED, key=None)
        except (DatabaseUnavailable, Superseded) as error:  # it is owed still, as far as anybody knows
            self._log.warning("what became of a refund could not be noted", why=why(error), **owed)


def _refused(error: Exception) -> bool:
    """Whether payment said no, so that nothing was charged."""
    if isinstance(error, RequestIdReused):
        return False
    # The original answers a status that gRPC does not know, and so arrives as unknown.
    return isinstance(error, InvalidArgument) or (isinstance(error, Unknown) and "credit card" in error.text.lower())


def _said(placement: Placement) -> str:
    total = placement.draft.total
    return f"{total.units}.{total.nanos:09} {total.currency_code}"


@contextmanager
def _for_the_shopper(placement: Placement) -> Generator[None]:
    """Neighbours see the order's own id, and the account that has asked for it also when nobody is there any more."""
    with request_id.set(placement.order_id):
        if is_account(placement.user_id) and principal() is None:
            with acting(Principal(placement.user_id)):
                yield
        else:
            yield
