"""Finds one product."""

from __future__ import annotations

from ..contract import Catalog, NoSuchProduct, Product
from ..domain import Shelf, shown


class GetProduct(Catalog):
    """Answers `get_product`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def get_product(self, id: str) -> Product:
        product = self._shelf.find(id)
        if product is None:
            raise NoSuchProduct(shown(id))
        return product
