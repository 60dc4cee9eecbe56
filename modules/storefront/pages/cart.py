"""`/cart`: what is in it, putting something in, taking everything out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from app import InvalidArgument
from modules.cart.contract import CartFull, CartItem, Carts

from ..forms import Form, read_form
from ..ordering import is_key
from ..refusals import Turned
from ..shelves import Shelves
from ..shop import Shop
from ..sites import from_elsewhere
from ..steps import step
from .cart_view import CartView
from .page import Page, only_posted
from .product import ProductView

MOST_AT_ONCE = 10


class CartPages(Page):
    """The cart."""

    def __init__(self, shop: Shop, carts: Carts, shelves: Shelves, product: ProductView, view: CartView) -> None:
        super().__init__(shop)
        self._carts, self._shelves, self._product, self._view = carts, shelves, product, view

    @get("/cart")
    async def cart(self, request: Request[Any, Any, Any]) -> Response[str]:
        """What is in the cart, and the form to order it: `again` is the name that it had when nobody knew what became
        of it. Other sites do not name our forms."""
        again = str(request.query_params.get("again", ""))
        key = again if is_key(again) and not from_elsewhere(request.headers) else ""
        return await self._view.of(self.shop.visitor(request), Form(), key=key)

    @post("/cart")
    async def add(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Put something in: 1 to 10 of a product."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        quantity = form.number("quantity", "how many you would like", 1, MOST_AT_ONCE)
        id = form.text("product_id", "a product", 200)
        if why := form.errors.get("product_id"):
            raise Turned(422, "We could not tell which product you meant", f"product_id: {why}")
        product = await self._shelves.one(id)
        if not form.errors:
            try:
                adding = self._carts.add_item(visitor.user_id, CartItem(product.id, quantity))
                await step("could not add to your cart", adding, CartFull)
            except (CartFull, InvalidArgument) as why:
                form.wrong("quantity", f"{why.text[:1].upper()}{why.text[1:]}.")
        if form.errors:
            return await self._product.of(visitor, product, form)
        return self.shop.redirect(visitor, "/cart")

    no_form = only_posted("/cart/empty")

    @post("/cart/empty")
    async def empty(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Take everything out."""
        visitor = self.shop.visitor(request)
        await step("could not empty your cart", self._carts.empty_cart(visitor.user_id))
        return self.shop.redirect(visitor, "/")
