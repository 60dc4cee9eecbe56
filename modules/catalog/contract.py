"""What the catalogue answers: the products that the shop sells."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, InvalidArgument, Message, NotFound, query
from modules.currency.contract import Empty, Money


class Product(Message):
    """Something for sale."""

    id: Annotated[str, Meta(examples=["OLJCESPC7Z"])]
    name: Annotated[str, Meta(examples=["Sunglasses"])]
    description: Annotated[str, Meta(examples=["Sleek aviators for any outfit."])]
    picture: Annotated[str, Meta(examples=["/static/img/products/sunglasses.jpg"])]
    """Path of the picture on the storefront."""
    price_usd: Money
    categories: tuple[Annotated[str, Meta(examples=["accessories"])], ...] = ()


class ListProductsResponse(Message):
    """Products, in the catalogue's order."""

    products: tuple[Product, ...] = ()


class SearchProductsResponse(Message):
    """What was found, in the catalogue's order."""

    results: tuple[Product, ...] = ()


class NoSuchProduct(NotFound, says="no product with ID {id}"):
    """Nothing is sold under this id."""

    id: str


class InvalidQuery(InvalidArgument, says="{field} {why}"):
    """Nothing can be searched for with this."""

    field: str
    why: str


class Catalog(Contract, service="hipstershop.ProductCatalogService", empty=Empty):
    """What the shop sells."""

    @query(http="GET /api/products")
    async def list_products(self) -> ListProductsResponse:
        """All products."""
        ...

    @query(http="GET /api/products/{id}", raises=(NoSuchProduct,))
    async def get_product(self, id: str) -> Product:
        """The product with exactly this id."""
        ...

    @query(http="GET /api/products/search?q={query}", raises=(InvalidQuery,))
    async def search_products(self, query: str = "") -> SearchProductsResponse:
        """Products whose name or description contains the text as it is, in any case. No text finds all.

        query: at most 200 characters
        """
        ...
