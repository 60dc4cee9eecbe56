"""Recommends products."""

from __future__ import annotations

from random import Random

from modules.catalog.contract import Catalog

from ..contract import ListRecommendationsResponse, Recommendations
from ..domain import recommended
from ..settings import RecommendationSettings


class ListRecommendations(Recommendations):
    """Answers `list_recommendations`."""

    def __init__(self, catalog: Catalog, settings: RecommendationSettings, random: Random) -> None:
        self._catalog = catalog
        self._most = settings.most
        self._random = random

    async def list_recommendations(
        self, user_id: str = "", product_ids: tuple[str, ...] = ()
    ) -> ListRecommendationsResponse:
        sold = (await self._catalog.list_products()).products
        ids = (product.id for product in sold)
        return ListRecommendationsResponse(recommended(ids, product_ids, self._most, self._random))
