"""What the cart module answers: who wants how many of what."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, FailedPrecondition, Int32, InvalidArgument, Message, Unauthenticated, command, query
from modules.accounts.contract import NotYours
from modules.currency.contract import Empty


class CartItem(Message):
    """A line of a cart."""

    product_id: Annotated[str, Meta(examples=["OLJCESPC7Z"])]
    quantity: Annotated[Int32, Meta(examples=[2])]


class Cart(Message):
    """Someone's cart. An empty one belongs to nobody: its `user_id` is empty."""

    user_id: str = ""
    items: tuple[CartItem, ...] = ()
    """In the order in which the products were first added."""


class InvalidItem(InvalidArgument, says="{field} {why}"):
    """What was to be added makes no line of a cart."""

    field: str
    why: str


class CartFull(FailedPrecondition, says="the cart cannot take this: {why}"):
    """A cart holds so much and no more."""

    why: str


class CartStorageUnavailable(FailedPrecondition, says="Can't access cart storage. Try again later.", status=503):
    """The database that holds the carts does not answer; the shop's interface has this as FAILED_PRECONDITION."""


class Carts(Contract, service="hipstershop.CartService", empty=Empty):
    """Keeps a cart for each user until it is emptied."""

    @command(
        http="POST /api/carts/{user_id}/items",
        body="item",
        raises=(InvalidItem, CartFull, CartStorageUnavailable, NotYours, Unauthenticated),
    )
    async def add_item(self, user_id: str, item: CartItem) -> None:
        """Put 1 to 1000 of a product into the cart; a product that is there already gets more."""
        ...

    @query(http="GET /api/carts/{user_id}", raises=(CartStorageUnavailable, NotYours, Unauthenticated))
    async def get_cart(self, user_id: str) -> Cart:
        """The user's cart. A user without one has an empty cart."""
        ...

    @command(
        idempotent=True,
        http="DELETE /api/carts/{user_id}",
        raises=(CartStorageUnavailable, NotYours, Unauthenticated),
    )
    async def empty_cart(self, user_id: str) -> None:
        """Take everything out of the cart."""
        ...

    @command(raises=(InvalidItem, CartStorageUnavailable, NotYours, Unauthenticated))
    async def take_over(self, from_user_id: str, into_user_id: str) -> None:
        """Move what is in an anonymous shopper's cart into an account's, which keeps what it holds.

        What does not fit into the account's cart is left out, and the anonymous cart is gone.
        """
        ...
