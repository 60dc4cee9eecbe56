"""`POST /setCurrency`: the currency that prices are shown in."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post

from ..forms import read_form
from ..prices import Prices
from ..refusals import Turned
from ..shop import Shop
from ..sites import back
from ..visitors import CURRENCY
from .page import Page, only_posted


class CurrencyPages(Page):
    """The menu of currencies."""

    def __init__(self, shop: Shop, prices: Prices) -> None:
        super().__init__(shop)
        self._prices = prices

    no_form = only_posted("/setCurrency")

    @post("/setCurrency")
    async def choose(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Remember a currency, and go back to where that was asked; 422 where the shop does not have it."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        code = form.text("currency_code", "a currency", 3)
        if not form.errors and code not in await self._prices.supported():
            form.wrong("currency_code", "This is no currency that we can convert to.")
        if why := form.errors.get("currency_code"):
            raise Turned(422, "We do not know that currency", f"currency_code: {why}")
        visitor.keep(CURRENCY, code)
        return self.shop.redirect(visitor, back(request.headers))
