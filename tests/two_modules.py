"""Two modules to place: a cart that needs a catalog."""

from __future__ import annotations

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.module.message import Message


class Product(Message):
    id: str = ""


class Catalog(Contract, service="shop.CatalogService"):
    @query(http="GET /products/{id}")
    async def get_product(self, id: str) -> Product: ...


class Carts(Contract):
    @query()
    async def get_cart(self, id: str) -> Product: ...


class Shelf(Catalog):
    async def get_product(self, id: str) -> Product:
        return Product(id)


class Basket(Carts):
    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    async def get_cart(self, id: str) -> Product:
        return await self.catalog.get_product(id)


catalog = Module(name="catalog", exports=[Catalog.by(Shelf)])
cart = Module(name="cart", exports=[Carts.by(Basket)])
