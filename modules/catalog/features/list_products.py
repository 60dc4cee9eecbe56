"""Lists all products."""

from __future__ import annotations

from ..contract import Catalog, ListProductsResponse
from ..domain import Shelf


class ListProducts(Catalog):
    """Answers `list_products`."""

    def __init__(self, shelf: Shelf) -> None:
        self._answer = ListProductsResponse(shelf.products)

    async def list_products(self) -> ListProductsResponse:
        return self._answer
