"""`/` and `/search`: everything there is, and what was looked for."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from ..beside import Beside
from ..forms import Form
from ..shelves import Shelves
from ..shop import Shop
from ..steps import AtOnce
from .page import Page

MOST_SOUGHT = 200
"""Characters of a search."""


class HomePages(Page):
    """The shop window."""

    def __init__(self, shop: Shop, shelves: Shelves, beside: Beside) -> None:
        super().__init__(shop)
        self._shelves, self._beside = shelves, beside

    @get("/")
    async def home(self, request: Request[Any, Any, Any]) -> Response[str]:
        """All products."""
        visitor = self.shop.visitor(request)
        async with AtOnce() as at_once:
            products = at_once.do("", self._shelves.all())
            frame = at_once.do("", self.shop.frames.of(visitor))
            ad = at_once.do("", self._beside.ad())
        goods = await self._shelves.priced(products.result(), frame.result().currency)
        return self.shop.page(visitor, "home.html", frame.result(), goods=goods, ad=ad.result())

    @get("/search")
    async def search(self, request: Request[Any, Any, Any]) -> Response[str]:
        """What was looked for; everything where nothing was."""
        visitor = self.shop.visitor(request)
        form = Form({"q": str(request.query_params.get("q", ""))})
        sought = form.text("q", "something to look for", MOST_SOUGHT, least=0)
        async with AtOnce() as at_once:
            frame = at_once.do("", self.shop.frames.of(visitor))
            found = None if form.errors else at_once.do("", self._shelves.found(sought))
        products = found.result() if found else ()
        goods = await self._shelves.priced(products, frame.result().currency)
        status = 422 if form.errors else 200
        return self.shop.page(visitor, "search.html", frame.result(), status=status, goods=goods, form=form)
