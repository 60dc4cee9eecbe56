"""`POST /cart/checkout`: the cart made into an order, once for each form."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from litestar import Request, Response, post

from app import Failure, Internal, InvalidArgument
from modules.checkout.contract import (
    BeingPlaced,
    CartEmpty,
    ChargeFailed,
    ChargeRefused,
    Checkout,
    InvalidOrder,
    KeyReused,
    NotPrepared,
    ProductGone,
    ShippingFailed,
)
from modules.orders.contract import OrderResult
from modules.payment.contract import request_id

from ..forms import Form, read_form
from ..frames import Frame
from ..ordering import Ordered, place, read_order
from ..prices import Prices
from ..receipts import Receipts
from ..settings import StorefrontSettings
from ..shop import Shop
from ..steps import StepFailed
from ..visitors import Visitor
from .cart_view import CartView
from .page import Page, only_posted

REFUSED = (InvalidArgument, CartEmpty, ChargeRefused, ProductGone)
"""Answers that the shopper can do something about: 422, and the cart is kept."""


class CheckoutPages(Page):
    """The way out of the shop."""

    def __init__(
        self,
        shop: Shop,
        checkout: Checkout,
        prices: Prices,
        view: CartView,
        receipts: Receipts,
        settings: StorefrontSettings,
    ) -> None:
        super().__init__(shop)
        self._checkout, self._prices, self._view, self._receipts = checkout, prices, view, receipts
        self._tries, self._pause = settings.checkout_tries, settings.checkout_pause

    no_form = only_posted("/cart/checkout")

    @post("/cart/checkout")
    async def place(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Order what is in the cart; 200 with the order, 422 with whatever was wrong."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        ordered = read_order(form)
        if ordered is None:
            key = "" if "" in form.errors else form.kept("request_id")
            return await self._view.of(visitor, form, key=key)
        currency = await self._prices.chosen(visitor.currency)
        try:
            order = await self._placed(visitor, ordered, currency)
        except REFUSED as why:
            _explain(form, why)
            return await self._view.of(visitor, form)
        except Failure as failure:
            raise StepFailed(_words(failure), failure, _way_back(failure, ordered.key)) from failure
        return await self._confirmation(visitor, order, ordered.email)

    async def _placed(self, visitor: Visitor, ordered: Ordered, currency: str) -> OrderResult:
        """The order; a second click waits for the first one's."""
        for left in range(self._tries, 0, -1):
            try:
                with request_id.set(ordered.key) if ordered.key else contextlib.nullcontext():
                    answer = await self._checkout.place_order(
                        visitor.user_id, ordered.address, ordered.email, ordered.card, currency
                    )
                return answer.order
            except BeingPlaced:
                if left == 1:
                    raise
                await asyncio.sleep(self._pause)
        raise AssertionError("there is at least one try")

    async def _confirmation(self, visitor: Visitor, order: OrderResult, email: str) -> Response[str]:
        """It is placed: whatever is missing now, this page is not."""
        receipt = await self._receipts.of(order)
        frame = Frame(pieces=0, signed_in=bool(visitor.account), path=visitor.path)
        recommended = await self._receipts.recommended(visitor)
        return self.shop.page(
            visitor, "confirmation.html", frame, receipt=receipt, email=email, recommended=recommended
        )


def _explain(form: Form, why: Failure) -> None:
    """Note a refusal beside the field that it is about, or for the form as a whole."""
    match why:
        case InvalidOrder():
            form.wrong(place(why.field), f"This {why.why}.")
        case ChargeRefused():
            form.wrong(place(why.field), f"Your card was not charged. {why.why.rstrip('.')}.")
        case CartEmpty():
            form.wrong("", "Your cart is empty, so there is nothing to order.")
        case ProductGone():
            form.wrong("", "Something in your cart is not sold any more. Please empty the cart and choose again.")
        case KeyReused():
            form.wrong("", "This form was sent before, for another order. Please look it over and send it again.")
        case _:
            form.wrong("", f"{why.text[:1].upper()}{why.text[1:].rstrip('.')}.")


def _way_back(failure: Failure, key: str) -> str:
    """To the cart; under the same key where the card may be charged, or an order placed: then it is not done twice."""
    return f"/cart?again={key}" if key and not isinstance(failure, (NotPrepared, ShippingFailed)) else "/cart"


def _words(failure: Failure) -> str:
    """What failed, for the shopper: the step, and nothing of what is behind it."""
    match failure:
        case NotPrepared():
            return f"could not place your order ({failure.step}); nothing was charged"
        case ChargeFailed():
            return "could not place your order (failed to charge card); your cart is kept"
        case ShippingFailed():
            return "could not place your order (shipping error); what was charged is given back, your cart is kept"
        case BeingPlaced():
            return "are still placing your order; look into your orders before you send it again"
        case Internal():
            return "could not place your order (failed to complete the order)"
        case _:
            return "could not reach the checkout; look into your cart before you send it again"
