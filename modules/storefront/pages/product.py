"""`/product/{id}` and `/product-meta/{id}`: one product, for people and for programs."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from modules.catalog.contract import Product

from ..beside import Beside
from ..forms import Form
from ..refusals import Turned
from ..shelves import Shelves
from ..shop import HEADERS, Shop
from ..steps import AtOnce
from ..visitors import Visitor
from .page import Page


class ProductView:
    """Shows a product; after a form that was wrong, with what was wrong beside it."""

    def __init__(self, shop: Shop, shelves: Shelves, beside: Beside) -> None:
        self._shop, self._shelves, self._beside = shop, shelves, beside

    async def of(self, visitor: Visitor, product: Product, form: Form) -> Response[str]:
        """The page of a product: 422 where the form has errors."""
        async with AtOnce() as at_once:
            frame = at_once.do("", self._shop.frames.of(visitor))
            ad = at_once.do("", self._beside.ad(product.categories))
            recommended = at_once.do("", self._beside.recommended(visitor, (product.id,)))
        priced = await self._shelves.priced([product], frame.result().currency)
        return self._shop.page(
            visitor,
            "product.html",
            frame.result(),
            status=422 if form.errors else 200,
            product=product,
            price=priced[0].price,
            form=form,
            ad=ad.result(),
            recommended=recommended.result(),
        )


class ProductPages(Page):
    """One product."""

    def __init__(self, shop: Shop, shelves: Shelves, view: ProductView) -> None:
        super().__init__(shop)
        self._shelves, self._view = shelves, view

    @get("/product/{product_id:str}")
    async def product(self, request: Request[Any, Any, Any], product_id: FromPath[str]) -> Response[str]:
        """A product's page; 404 where there is none."""
        visitor = self.shop.visitor(request)
        return await self._view.of(visitor, await self._shelves.one(product_id), Form())

    @get("/product-meta/{product_id:str}")
    async def meta(self, product_id: FromPath[str]) -> Response[bytes]:
        """A product as JSON; nothing at all where there is none."""
        try:
            body = msgspec.json.encode(await self._shelves.one(product_id))
        except Turned:
            body = b""
        return Response(body, media_type="application/json", headers=HEADERS)
