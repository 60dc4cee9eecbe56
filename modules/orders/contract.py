"""What the orders module answers: orders that were placed, and each shopper's history of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from app import ANYONE_KNOWN, Contract, Int32, InvalidArgument, Message, NotFound, Unauthenticated, command, query
from modules.accounts.contract import NotYours
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.shipping.contract import Address


class OrderItem(Message, proto="hipstershop.OrderItem"):
    """A line of an order."""

    item: CartItem
    cost: Money
    """Of one piece."""


class OrderResult(Message, proto="hipstershop.OrderResult"):
    """An order as the checkout answers it and the confirmation says it."""

    order_id: Annotated[str, Meta(examples=["4b2f9a52-c5a1-11f0-8000-2ac3f1d09b71"])]
    shipping_tracking_id: Annotated[str, Meta(examples=["QK-20-1041234567"])]
    shipping_cost: Money
    shipping_address: Address
    items: tuple[OrderItem, ...] = ()


class Order(Message):
    """An order as it is kept."""

    order_id: Annotated[str, Meta(examples=["4b2f9a52-c5a1-11f0-8000-2ac3f1d09b71"])]
    user_id: Annotated[str, Meta(examples=["acct_0d5c43ea0c1947b0a6c2b1d7f7a0c9e4"])]
    email: Annotated[str, Meta(examples=["someone@example.com"])]
    placed_at: datetime
    total: Money
    """Everything, shipping included, in the currency that was paid."""
    shipping_tracking_id: Annotated[str, Meta(examples=["QK-20-1041234567"])]
    shipping_cost: Money
    shipping_address: Address
    items: tuple[OrderItem, ...] = ()


class OrderSummary(Message):
    """A line of the history."""

    order_id: Annotated[str, Meta(examples=["4b2f9a52-c5a1-11f0-8000-2ac3f1d09b71"])]
    placed_at: datetime
    total: Money
    pieces: Int32
    shipping_tracking_id: Annotated[str, Meta(examples=["QK-20-1041234567"])]


class OrderHistory(Message):
    """A page of the history, newest first."""

    orders: tuple[OrderSummary, ...] = ()
    next: str = ""
    """What `after` takes for the next page; empty on the last."""


class NoSuchOrder(NotFound, says="no order with ID {order_id}"):
    """Nothing was ordered under this id."""

    order_id: str


class InvalidPage(InvalidArgument, says="{field} {why}"):
    """A page of the history that cannot be asked for."""

    field: str
    why: str


class Orders(Contract):
    """Orders that were placed, for whoever placed them."""

    @query(http="GET /api/orders/{order_id}", raises=(NoSuchOrder, NotYours, Unauthenticated))
    async def get_order(self, order_id: str) -> Order:
        """An order. One that an account placed is for that account and for admins; any other for whoever knows its id."""
        ...

    @query(http="GET /api/accounts/me/orders?limit={limit}&after={after}", requires=ANYONE_KNOWN, raises=(InvalidPage,))
    async def list_my_orders(
        self, limit: Annotated[int, Meta(ge=1, le=100)] = 20, after: Annotated[str, Meta(max_length=200)] = ""
    ) -> OrderHistory:
        """The orders of whoever is signed in, newest first.

        limit: how many at most
        after: the `next` of the page before
        """
        ...


class OrderBook(Contract, internal=True):
    """Where the checkout writes down what was ordered."""

    @command(idempotent=True)
    async def record(self, order: Order) -> None:
        """Keep an order. One with the same id is there already: then nothing changes."""
        ...
