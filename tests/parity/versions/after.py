"""The version that comes: a colour less, a price, tags and a size more, in messages inside and in failures too; a method,
a parameter and a failure more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from enum import Enum

from app import Contract, FailedPrecondition, Message, Module, NotFound, command, query


class Size(Enum):
    UNKNOWN = 0
    LARGE = 1


class Label(Message):
    text: str
    language: str = "en"


class Product(Message, proto="versions.Product"):
    id: str
    name: str
    price: int
    label: Label | None = None
    tags: tuple[str, ...] = ()
    size: Size = Size.UNKNOWN
    stock: Mapping[str, int] = {}
    rank: int = 7


class NoSuchProduct(NotFound, proto="versions.NoSuchProduct", says="no product {id} in {shop}"):
    id: str
    shop: str = "here"


class SoldOut(FailedPrecondition, proto="versions.SoldOut", says="{id} is sold out"):
    id: str


class Stall(Contract, service="versions.Stall"):
    """Sells by name and price."""

    @query(raises=(NoSuchProduct, SoldOut))
    async def find(self, id: str, shop: str = "main") -> Product: ...

    @query()
    async def cheapest(self) -> Product: ...

    @query()
    def each(self, to: int, size: Size = Size.UNKNOWN) -> AsyncIterator[Product]: ...

    @command()
    async def keep(self, product: Product) -> Product: ...

    @command()
    async def keep_all(self, products: AsyncIterator[Product]) -> Product: ...


class StallAfter(Stall):
    async def find(self, id: str, shop: str = "main") -> Product:
        match id:
            case "none":
                raise NoSuchProduct(id, shop)
            case "sold":
                raise SoldOut(id)
            case _:
                label = Label(text="l", language="fr")
                return Product(id=id, name=shop, label=label, price=5, tags=("new",), size=Size.LARGE, stock={"a": 1})

    async def cheapest(self) -> Product:
        return Product(id="c", name="after", price=1)

    async def each(self, to: int, size: Size = Size.UNKNOWN) -> AsyncIterator[Product]:
        for n in range(to):
            yield Product(id=str(n), name=size.name, price=n)

    async def keep(self, product: Product) -> Product:
        return product

    async def keep_all(self, products: AsyncIterator[Product]) -> Product:
        kept = [product async for product in products]
        return Product(id=str(len(kept)), name=",".join(one.name for one in kept), price=sum(one.price for one in kept))


stall = Module(name="stall", exports=[Stall.by(StallAfter)])
