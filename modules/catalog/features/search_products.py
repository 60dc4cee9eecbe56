"""Finds products by text."""

from __future__ import annotations

from ..contract import Catalog, SearchProductsResponse
from ..domain import Shelf


class SearchProducts(Catalog):
    """Answers `search_products`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def search_products(self, query: str = "") -> SearchProductsResponse:
        return SearchProductsResponse(self._shelf.search(query))
