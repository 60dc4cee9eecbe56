"""A contract with every way of filling a request, and a caller that answers it, for the tests of the HTTP edge."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import msgspec

from app.ambient import current, remaining
from app.module.contract import Contract, command, query
from app.module.failure import Internal, InvalidArgument, NotFound, ResourceExhausted, Unauthenticated, Unavailable
from app.module.message import Message
from app.module.numbers import Int32
from app.module.spec import spec_of


class NoSuchProduct(NotFound, says="no product with ID {id}"):
    id: str


class BadDetail(InvalidArgument, says="{detail} is no good"):
    detail: str


class Colour(Enum):
    UNSET = 0
    RED = 1


class Product(Message):
    """What is sold."""

    id: str
    name: str
    price: int = 0


class Products(Message):
    products: tuple[Product, ...] = ()


class Echo(Message):
    said: Mapping[str, str]


class Item(Message):
    product_id: str
    quantity: Annotated[int, msgspec.Meta(ge=1)]
    weight: Int32 = 0


class Order(Message):
    user: str
    from_: Item
    items: tuple[Item, ...] = ()
    at: datetime | None = None
    notes: Mapping[str, Item] = {}


class Shop(Contract):
    """What the store sells."""

    @query(http="GET /api/products/{id}", raises=(NoSuchProduct,))
    async def get_product(self, id: str) -> Product:
        """One product.

        id: as the catalogue has it.
        """
        ...

    @query(http="GET /api/products/search?q={text}&page&tag={tags}&colour&exact")
    async def search(
        self,
        text: str,
        page: Annotated[int, msgspec.Meta(ge=1)] = 1,
        tags: tuple[int, ...] = (),
        colour: Colour = Colour.UNSET,
        exact: bool = False,
    ) -> Echo: ...

    @query(http="GET /api/products")
    async def list_products(self) -> Products: ...

    @command(http="POST /api/carts/{user_id}/items", body="item")
    async def add_item(self, user_id: str, item: Item) -> None: ...

    @command(http="PUT /api/orders/{user}?at", body="*", status=201)
    async def order(self, order: Order) -> Echo: ...

    @command(http="POST /api/orders", body="*")
    async def whole_order(self, order: Order) -> Echo: ...

    @command(http="POST /api/parts", body="*")
    async def parts(self, a: int, from_: str = "x") -> Echo: ...

    @command(http="POST /api/touch/{number}")
    async def touch(self, number: int) -> Echo: ...

    @query(http="GET /api/fails/{how}", deadline=0.2)
    async def fails(self, how: str) -> Echo: ...


class Answers:
    """Answers Shop as a binding's caller would."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.entered = asyncio.Event()
        self.release = asyncio.Event()

    async def get_product(self, id: str) -> Product:
        if id != "1":
            raise NoSuchProduct(id=id)
        return Product(id, "Sunglasses", 1999)

    async def list_products(self) -> Products:
        self.entered.set()
        try:
            await self.release.wait()
        finally:
            self.ended.append("list_products")
        return Products((Product("1", "Sunglasses"),))

    async def search(self, **given: Any) -> Echo:
        return _echo(given)

    async def add_item(self, **given: Any) -> None:
        self.ended.append(repr(given))

    async def order(self, order: Order) -> Echo:
        return _echo({"order": order})

    async def whole_order(self, order: Order) -> Echo:
        return _echo({"order": order})

    async def parts(self, **given: Any) -> Echo:
        return _echo(given)

    async def touch(self, number: int) -> Echo:
        ambient = current()
        assert ambient is not None
        return Echo({"number": str(number), "trace": ambient.trace, "principal": str(ambient.principal),
                     "seconds": str(round(remaining())), "b": "", "a": ""})  # fmt: skip

    async def fails(self, how: str) -> Echo:
        match how:
            case "hangs":
                self.entered.set()
                await asyncio.Event().wait()
            case "broken":
                raise KeyError("the secret")
            case _:
                pass
        raise {"who": Unauthenticated("say who you are"), "much": ResourceExhausted("slower"),
               "away": Unavailable("cart is away"), "detail": BadDetail(detail="x"),
               "internal": Internal("internal error")}[how]  # fmt: skip


def _echo(given: Mapping[str, Any]) -> Echo:
    return Echo({name: repr(value) for name, value in given.items()})


class Stub:
    """What the edge needs of a binding."""

    def __init__(self, contract: type[Contract], caller: Any) -> None:
        self.spec = spec_of(contract)
        self.caller = caller
