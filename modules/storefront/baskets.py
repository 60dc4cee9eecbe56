"""A cart as the page shows it: with its products, their prices, the shipping and the total."""

from __future__ import annotations

from dataclasses import dataclass

from app import NotFound
from modules.cart.contract import Cart, CartItem
from modules.catalog.contract import Catalog, Product
from modules.currency.contract import Money
from modules.shipping.contract import Shipping

from .money import times, total
from .prices import Prices
from .steps import AtOnce


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a product, and what they cost together."""

    product: Product
    quantity: int
    cost: Money


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart with everything that is to be said of it."""

    lines: tuple[Line, ...]
    gone: tuple[CartItem, ...]
    """What is not sold any more."""
    shipping: Money
    total: Money

    @property
    def empty(self) -> bool:
        return not self.lines and not self.gone

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the products, in their order."""
        return tuple(line.product.id for line in self.lines)


class Baskets:
    """Fills carts with what the catalogue, the currencies and the shipping say."""

    def __init__(self, catalog: Catalog, shipping: Shipping, prices: Prices) -> None:
        self._catalog, self._shipping, self._prices = catalog, shipping, prices

    async def filled(self, cart: Cart, currency: str) -> Basket:
        """The cart in a currency. An empty one asks nobody. Raises StepFailed."""
        if not cart.items:
            return Basket((), (), Money(currency), Money(currency))
        async with AtOnce() as at_once:
            quote = at_once.do("could not get a shipping quote", self._shipping.get_quote(None, cart.items))
            found = at_once.all("could not retrieve a product", [self._product(item) for item in cart.items])
        products = [task.result() for task in found]
        sold = [(product, item) for product, item in zip(products, cart.items, strict=True) if product]
        amounts = [product.price_usd for product, _ in sold]
        *each, shipping = await self._prices.convert([*amounts, quote.result().cost_usd], currency)
        lines = tuple(
            Line(product, item.quantity, times(price, item.quantity))
            for (product, item), price in zip(sold, each, strict=True)
        )
        gone = tuple(item for product, item in zip(products, cart.items, strict=True) if product is None)
        return Basket(lines, gone, shipping, total(currency, [shipping, *(line.cost for line in lines)]))

    async def _product(self, item: CartItem) -> Product | None:
        try:
            return await self._catalog.get_product(item.product_id)
        except NotFound:  # a catalogue of somebody else's says no more than that
            return None
