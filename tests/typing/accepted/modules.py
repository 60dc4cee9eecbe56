"""What a module author writes, as a type checker must see it: contracts, slices, failures, settings, a declaration."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, assert_type

import msgspec

from app import (
    Contract,
    Group,
    Int32,
    Lifecycle,
    Logger,
    Message,
    Metadata,
    Module,
    Named,
    NotFound,
    Secret,
    Settings,
    command,
    deadline,
    in_threads,
    provide,
    query,
)

tenant = Metadata("tenant", str)


class Money(Message, proto="shop.Money"):
    currency: str
    units: int = 0
    nanos: Int32 = 0


class Product(Message):
    id: str
    name: str
    price: Money
    categories: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}
    stock: Annotated[int, msgspec.Meta(ge=0)] = 0
    note: str | None = None


class Page(Message):
    products: tuple[Product, ...]


class NoSuchProduct(NotFound, says="no product with ID {id}"):
    id: str


class Catalog(Contract, service="shop.Catalog"):
    """What the store sells."""

    @query(http="GET /api/products/{id}", raises=(NoSuchProduct,))
    async def get_product(self, id: str) -> Product: ...

    @query()
    async def list_products(self, page: int = 0, *, size: int = 20) -> Page: ...

    @command(idempotent=True)
    async def put_product(self, product: Product) -> None: ...

    @query()
    def watch(self, ids: tuple[str, ...]) -> AsyncIterator[Product]: ...

    @command()
    async def load(self, products: AsyncIterator[Product]) -> Page: ...


class CatalogSettings(Settings):
    page_size: int = 20
    token: Secret[str] | None = None


class ProductStore:
    def __init__(self, settings: CatalogSettings, lifecycle: Lifecycle, log: Logger) -> None:
        lifecycle.hook(start=self.open, stop=self.close)
        log.info("store", page_size=settings.page_size)
        self.products: dict[str, Product] = {}

    async def open(self) -> None: ...

    def close(self) -> None: ...


class GetProduct(Catalog):
    def __init__(self, products: ProductStore) -> None:
        self.products = products

    async def get_product(self, id: str) -> Product:
        try:
            return self.products.products[id]
        except KeyError:
            raise NoSuchProduct(id=id) from None


class WatchProducts(Catalog):
    async def watch(self, ids: tuple[str, ...]) -> AsyncIterator[Product]:
        for id in ids:
            yield Product(id=id, name="", price=Money("EUR"))


class LegacyCatalog:
    def get_product(self, id: str) -> Product:
        return Product(id, "", Money("EUR", 1))


class Basket:
    """Asks for the contract by type; a fake is a subclass of it."""

    def __init__(self, catalog: Catalog, named: Annotated[str, Named("motto")], plugins: Group[Money]) -> None:
        self.catalog = catalog
        self.worth = sum(money.units for money in plugins)
        self.motto = named.upper()

    async def price(self, id: str) -> Money:
        with tenant.set("acme"), deadline(0.3):
            product = await self.catalog.get_product(id)
        assert_type(product, Product)
        assert_type(tenant.get(), str | None)
        try:
            async for other in self.catalog.watch((id,)):
                assert_type(other, Product)
        except NoSuchProduct as failure:
            assert_type(failure.id, str)
        return product.price


class FakeCatalog(Catalog):
    async def get_product(self, id: str) -> Product:
        return Product(id=id, name="fake", price=Money(currency="EUR", units=1))


async def used() -> None:
    basket = Basket(FakeCatalog(), "motto", Group([Money("EUR", 1)]))
    assert_type(await basket.price("1"), Money)


module = Module(
    settings=CatalogSettings,
    provide=[ProductStore, provide(Basket, private=True)],
    exports=[Catalog.by(GetProduct, WatchProducts), Catalog.by(in_threads(LegacyCatalog))],
)
