"""What the checkout answers: a cart made into an order, once."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import (
    Aborted,
    Contract,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    Message,
    Unauthenticated,
    Unavailable,
    command,
)
from modules.accounts.contract import NotYours
from modules.email.contract import EmailAddress
from modules.orders.contract import OrderResult
from modules.payment.contract import CreditCardInfo, request_id
from modules.shipping.contract import Address


class PlaceOrderResponse(Message):
    """The order that was placed."""

    order: OrderResult


class InvalidOrder(InvalidArgument, says="{field} {why}"):
    """What was given makes no order."""

    field: str
    why: str


class CartEmpty(FailedPrecondition, says="cart is empty"):
    """There is nothing to order."""


class ProductGone(Internal, says='failed to prepare order: failed to get product #"{product_id}"', status=409):
    """The cart holds something that is not sold; the shop's interface has this as INTERNAL."""

    product_id: str


class NotPrepared(Internal, says="{step}: {why}", status=503):
    """A neighbour failed before anything was charged; the shop's interface has this as INTERNAL."""

    step: str
    why: str


class ChargeRefused(Internal, says="failed to charge card: could not charge the card: {why}", status=402):
    """The card was refused; the shop's interface has this as INTERNAL. The cart is kept."""

    field: str
    why: str


class ChargeFailed(Internal, says="failed to charge card: could not charge the card: {why}", status=503):
    """Nobody can charge cards right now. The cart is kept; the same key may be tried again."""

    why: str


class ShippingFailed(Unavailable, says="shipping error: {why}"):
    """Nobody can ship right now. The charge is given back, the cart is kept."""

    why: str


class BeingPlaced(Aborted, says="an order with this key is being placed right now"):
    """The same request is under way; ask again in a moment."""


class KeyReused(InvalidArgument, says="this key was used before for another order", status=422):
    """One key, one order."""


class Checkout(Contract, service="hipstershop.CheckoutService"):
    """Makes orders of carts."""

    @command(
        http="POST /api/orders",
        body="*",
        status=201,
        answer="order",
        metadata=[request_id],
        deadline=60.0,
        raises=(
            InvalidOrder,
            CartEmpty,
            ProductGone,
            NotPrepared,
            ChargeRefused,
            ChargeFailed,
            ShippingFailed,
            BeingPlaced,
            KeyReused,
            NotYours,
            Unauthenticated,
        ),
    )
    async def place_order(
        self,
        user_id: Annotated[str, Meta(examples=["0fd9e2b2-6f7f-4f3c-9b53-4b5d1c0a7f5e"])],
        address: Address,
        email: EmailAddress,
        credit_card: CreditCardInfo,
        user_currency: Annotated[str, Meta(examples=["EUR"])] = "",
    ) -> PlaceOrderResponse:
        """Order what is in the user's cart: price, charge, ship, keep, empty the cart, confirm.

        Under one key (`request_id` as gRPC metadata) it is placed once, and answers the same again.

        user_currency: an ISO 4217 code; USD where it is empty
        request_id: any name for this order, of at most 200 characters
        """
        ...
