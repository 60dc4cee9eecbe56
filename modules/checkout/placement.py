"""A placement: how far one order has come, from the moment at which its card may be charged."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from modules.currency.contract import Money
from modules.orders.contract import Order, OrderResult

from .contract import BeingPlaced, KeyReused, ShippingFailed


class State(StrEnum):
    """Each is written down before the next step begins."""

    CHARGING = "charging"
    """The card may be charged, or not."""
    UNRESOLVED = "unresolved"
    """As before, and nobody has come back for it: that has been told."""
    CHARGED = "charged"
    PLACED = "placed"
    """Shipped. The order stands, whatever else is still to be done about it."""
    REFUNDING = "refunding"
    """It could not be shipped, and the charge is owed."""
    REFUNDED = "refunded"
    UNREFUNDABLE = "unrefundable"
    """Whoever charged the card does not give back: that has been told, and somebody has to."""


class Draft(msgspec.Struct, frozen=True):
    """The order as it was priced. What is charged, shipped and kept is this, however often it is tried."""

    user_id: str
    email: str
    placed_at: datetime
    total: Money
    order: OrderResult

    def kept(self) -> Order:
        """As the order book takes it."""
        order = self.order
        return Order(
            order_id=order.order_id,
            user_id=self.user_id,
            email=self.email,
            placed_at=self.placed_at,
            total=self.total,
            shipping_tracking_id=order.shipping_tracking_id,
            shipping_cost=order.shipping_cost,
            shipping_address=order.shipping_address,
            items=order.items,
        )

    def shipped(self, tracking_id: str) -> Draft:
        """The same, on its way."""
        return msgspec.structs.replace(
            self, order=msgspec.structs.replace(self.order, shipping_tracking_id=tracking_id)
        )


class Placement(msgspec.Struct, frozen=True):
    """One row. Times are seconds since 1970."""

    order_id: str
    user_id: str
    key: str | None
    """The caller's name for it; None where there is none, or it was given back so that it may be used again."""
    fingerprint: str
    draft: Draft
    lease_until: float
    """Until then somebody works on it, and nobody else does."""
    due_at: float
    """From then on the background may take it up, if there is anything to do about it."""
    state: State = State.CHARGING
    attempt: int = 1
    """Counts those who have worked on it; whoever is not the last one any more cannot write."""
    tries: int = 0
    """Background tries since the last progress."""
    transaction_id: str = ""
    recorded: bool = False
    emptied: bool = False
    confirmed: bool = False
    """Or given up: nobody can be written to at that address."""

    @property
    def refund_owed(self) -> bool:
        """Whether money has to be given back."""
        return self.state in (State.REFUNDING, State.UNREFUNDABLE)

    @property
    def open(self) -> bool:
        """Whether there is something that the background can do about it."""
        if self.state is State.PLACED:
            return not (self.recorded and self.confirmed)
        return self.state in (State.CHARGING, State.CHARGED, State.REFUNDING)

    def answer(self, fingerprint: str, now: float) -> OrderResult | None:
        """What a repetition of the request gets; None where an attempt crashed and the repetition has to go on with it.

        Raises KeyReused, BeingPlaced, ShippingFailed.
        """
        if fingerprint != self.fingerprint:
            raise KeyReused()
        if self.state is State.PLACED:
            return self.draft.order
        if self.refund_owed:
            raise ShippingFailed("it could not be shipped, and the charge is being given back")
        if self.lease_until > now:
            raise BeingPlaced()
        return None
