"""The version that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Message, Module, NotFound, command, query


class Label(Message):
    text: str


class Product(Message, proto="versions.Product"):
    id: str
    name: str
    colour: str = ""
    label: Label | None = None


class NoSuchProduct(NotFound, proto="versions.NoSuchProduct", says="no product {id}"):
    id: str


class Stall(Contract, service="versions.Stall"):
    """Sells by name."""

    @query(raises=(NoSuchProduct,))
    async def find(self, id: str) -> Product: ...

    @query()
    def each(self, to: int) -> AsyncIterator[Product]: ...

    @command()
    async def keep(self, product: Product) -> Product: ...

    @command()
    async def keep_all(self, products: AsyncIterator[Product]) -> Product: ...


class StallBefore(Stall):
    async def find(self, id: str) -> Product:
        if id == "none":
            raise NoSuchProduct(id)
        return Product(id=id, name="before", colour="red", label=Label(text="l"))

    async def each(self, to: int) -> AsyncIterator[Product]:
        for n in range(to):
            yield Product(id=str(n), name="before", colour="red")

    async def keep(self, product: Product) -> Product:
        return product

    async def keep_all(self, products: AsyncIterator[Product]) -> Product:
        kept = [product async for product in products]
        return Product(id=str(len(kept)), name=",".join(one.name for one in kept), colour=kept[-1].colour)


stall = Module(name="stall", exports=[Stall.by(StallBefore)])
