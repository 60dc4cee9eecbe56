"""`/orders` and `/orders/{id}`: what was ordered."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath

from modules.orders.contract import NoSuchOrder, Orders

from ..receipts import Receipts
from ..refusals import Turned
from ..settings import StorefrontSettings
from ..shelves import MOST_ID
from ..shop import Shop
from ..steps import AtOnce
from .page import Page

MOST_PLACE = 200
"""Characters of a place in the history."""


class OrderPages(Page):
    """The history of whoever is signed in, and single orders."""

    def __init__(self, shop: Shop, orders: Orders, receipts: Receipts, settings: StorefrontSettings) -> None:
        super().__init__(shop)
        self._orders, self._receipts, self._limit = orders, receipts, settings.orders_on_a_page

    @get("/orders")
    async def history(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The orders of whoever is signed in, newest first, page by page."""
        visitor = self.shop.visitor(request)
        if not visitor.account:
            return self.shop.redirect(visitor, "/signin?next=/orders")
        after = str(request.query_params.get("after", ""))
        if len(after) > MOST_PLACE:
            raise Turned(422, "There is no such page of your orders")
        async with AtOnce() as at_once:
            history = at_once.do("could not retrieve your orders", self._orders.list_my_orders(self._limit, after))
            frame = at_once.do("", self.shop.frames.around(visitor))
        older = f"/orders?after={quote(history.result().next, safe='')}" if history.result().next else ""
        return self.shop.page(
            visitor, "orders.html", frame.result(), orders=history.result().orders, older=older, first=not after
        )

    @get("/orders/{order_id:str}")
    async def order(self, request: Request[Any, Any, Any], order_id: FromPath[str]) -> Response[str]:
        """One order; an account's own only for whoever is signed in to it."""
        visitor = self.shop.visitor(request)
        if len(order_id) > MOST_ID or not order_id.isprintable():
            raise _no_order()
        try:
            async with AtOnce() as at_once:
                order = at_once.do("could not retrieve your order", self._orders.get_order(order_id))
                frame = at_once.do("", self.shop.frames.around(visitor))
        except NoSuchOrder:
            raise _no_order() from None
        receipt = await self._receipts.of(order.result())
        return self.shop.page(visitor, "order.html", frame.result(), receipt=receipt)


def _no_order() -> Turned:
    return Turned(404, "There is no such order", "Please check the order's number.")
