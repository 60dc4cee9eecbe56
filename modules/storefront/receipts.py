"""An order as a page shows it: with its products' names where the catalogue still has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app import Failure
from modules.catalog.contract import Catalog, Product
from modules.currency.contract import Money
from modules.orders.contract import Order, OrderItem, OrderResult
from modules.shipping.contract import Address

from .beside import Beside
from .money import times, total
from .steps import gathered
from .visitors import Visitor


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of an order. `product` is None where nobody knows it any more."""

    product: Product | None
    product_id: str
    quantity: int
    cost: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """An order with everything that is to be said of it."""

    order_id: str
    tracking_id: str
    lines: tuple[Bought, ...]
    shipping: Money
    total: Money
    address: Address
    placed_at: datetime | None = None
    email: str = ""


class Receipts:
    """Writes receipts. A catalogue that is down costs the names, never the receipt."""

    def __init__(self, catalog: Catalog, beside: Beside) -> None:
        self._catalog, self._beside = catalog, beside

    async def of(self, order: OrderResult | Order) -> Receipt:
        """The receipt of an order."""
        lines = tuple(await gathered("", [self._bought(item) for item in order.items]))
        costs = [order.shipping_cost, *(line.cost for line in lines)]
        kept = order if isinstance(order, Order) else None
        return Receipt(
            order_id=order.order_id,
            tracking_id=order.shipping_tracking_id,
            lines=lines,
            shipping=order.shipping_cost,
            total=kept.total if kept else total(order.shipping_cost.currency_code, costs),
            address=order.shipping_address,
            placed_at=kept.placed_at if kept else None,
            email=kept.email if kept else "",
        )

    async def recommended(self, visitor: Visitor) -> list[Product]:
        """What else there is, after an order."""
        return await self._beside.recommended(visitor)

    async def _bought(self, item: OrderItem) -> Bought:
        try:
            product = await self._catalog.get_product(item.item.product_id)
        except Failure:
            product = None
        return Bought(product, item.item.product_id, item.item.quantity, times(item.cost, item.item.quantity))
