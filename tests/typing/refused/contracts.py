"""Answers that do not fit their contract; each line says what the checker must say about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Message, query


class Product(Message):
    id: str


class Catalog(Contract):
    @query()
    async def get_product(self, id: str) -> Product: ...

    @query()
    def watch(self, ids: tuple[str, ...]) -> AsyncIterator[Product]: ...


class WrongResult(Catalog):
    async def get_product(self, id: str) -> str:  # refused: "get_product" overrides class "Catalog"
        return id


class WrongParameter(Catalog):
    async def get_product(self, id: int) -> Product:  # refused: "str" is not assignable to "int"
        return Product(str(id))


class RenamedParameter(Catalog):
    async def get_product(self, key: str) -> Product:  # refused: name mismatch
        return Product(key)


class NotAsync(Catalog):
    def get_product(self, id: str) -> Product:  # refused: "CoroutineType[Any, Any, Product]"
        return Product(id)


class NoStream(Catalog):
    async def watch(self, ids: tuple[str, ...]) -> Product:  # refused: "AsyncIterator[Product]"
        return Product(ids[0])


async def caller(catalog: Catalog) -> None:
    await catalog.get_product(7)  # refused: "Literal[7]" is not assignable to "str"
    await catalog.get_product()  # refused: Argument missing for parameter "id"
    await catalog.get_products("7")  # refused: Cannot access attribute "get_products"
    _ = (await catalog.get_product("7")).name  # refused: Cannot access attribute "name"
    async for product in catalog.watch(["7"]):  # refused: "list[str]" is not assignable to "tuple[str, ...]"
        product.id.upper()
