"""Products with their prices in the shopper's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app import NotFound
from modules.catalog.contract import Catalog, Product
from modules.currency.contract import Money

from .prices import Prices
from .refusals import no_product
from .steps import step

MOST_ID = 200
"""Characters; a longer id is nobody's."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A product and what it costs."""

    product: Product
    price: Money


class Shelves:
    """Takes products off the catalogue's shelves."""

    def __init__(self, catalog: Catalog, prices: Prices) -> None:
        self._catalog, self._prices = catalog, prices

    async def all(self) -> Sequence[Product]:
        """Everything. Raises StepFailed."""
        return (await step("could not retrieve the products", self._catalog.list_products())).products

    async def found(self, text: str) -> Sequence[Product]:
        """Whatever has this in its name or description. Raises StepFailed."""
        return (await step("could not search the products", self._catalog.search_products(text))).results

    async def one(self, id: str) -> Product:
        """The product with this id. Raises Turned: there is none; StepFailed."""
        if not 0 < len(id) <= MOST_ID or not id.isprintable():
            raise no_product()
        try:
            return await step("could not retrieve the product", self._catalog.get_product(id))
        except NotFound:  # a catalogue of somebody else's says no more than that
            raise no_product() from None

    async def priced(self, products: Sequence[Product], currency: str) -> list[Priced]:
        """The products with their prices, all converted at once. Raises StepFailed."""
        prices = await self._prices.convert([product.price_usd for product in products], currency)
        return [Priced(product, price) for product, price in zip(products, prices, strict=True)]
