"""The shelf: products in order, found by id."""

from __future__ import annotations

from collections.abc import Iterable

from .contract import Product

LONGEST_SHOWN = 200
"""Characters of an unknown id that are said again; a failure has to fit into the trailers of a call."""


def shown(id: str) -> str:
    """An id for an error: whole, unless it is longer than any real one."""
    return id if len(id) <= LONGEST_SHOWN else f"{id[:LONGEST_SHOWN]}…"


class Shelf:
    """All products that are for sale. Raises ValueError where an id stands twice."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products = tuple(products)
        self._by_id = {product.id: product for product in self.products}
        if len(self._by_id) < len(self.products):
            ids = [product.id for product in self.products]
            raise ValueError(f"two products have the id {next(id for id in ids if ids.count(id) > 1)}")

    def find(self, id: str) -> Product | None:
        """The product with exactly this id."""
        return self._by_id.get(id)
