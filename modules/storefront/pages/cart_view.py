"""The page that shows the cart with the form to order it; the checkout shows it again where something is wrong."""

from __future__ import annotations

import uuid

from litestar import Response

from modules.cart.contract import Cart

from ..baskets import Basket, Baskets
from ..beside import Beside
from ..forms import Form
from ..prices import Prices
from ..shop import Shop
from ..steps import AtOnce, step
from ..visitors import Visitor


class CartView:
    """Shows the cart."""

    def __init__(self, shop: Shop, baskets: Baskets, prices: Prices, beside: Beside) -> None:
        self._shop, self._baskets, self._prices, self._beside = shop, baskets, prices, beside

    async def of(self, visitor: Visitor, form: Form, *, key: str = "") -> Response[str]:
        """The cart: 422 where the form has errors.

        key: the checkout form's own name; a new one by default. The same one again only where it was never sent on.
        """
        cart = await step("could not retrieve your cart", self._shop.frames.cart(visitor))
        liked = tuple(item.product_id for item in cart.items)
        async with AtOnce() as at_once:
            frame = at_once.do("", self._shop.frames.of(visitor, cart))
            recommended = at_once.do("", self._beside.recommended(visitor, liked))
            basket = at_once.do("", self._priced(visitor, cart))
        return self._shop.page(
            visitor,
            "cart.html",
            frame.result(),
            status=422 if form.errors else 200,
            basket=basket.result(),
            form=form,
            request_id=key or uuid.uuid4().hex,
            recommended=recommended.result(),
        )

    async def _priced(self, visitor: Visitor, cart: Cart) -> Basket:
        return await self._baskets.filled(cart, await self._prices.chosen(visitor.currency))
