"""Finds products by text."""

from __future__ import annotations

from ..contract import Catalog, SearchProductsResponse
from ..search import SearchIndex


class SearchProducts(Catalog):
    """Answers `search_products`."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    async def search_products(self, query: str = "") -> SearchProductsResponse:
        return SearchProductsResponse(self._index.find(query))
