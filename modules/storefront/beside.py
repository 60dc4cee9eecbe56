"""What a page can do without: recommendations and ads. Late or down, they are left out."""

from __future__ import annotations

import random

from app import Failure, Logger, NotFound, deadline
from modules.ads.contract import Ad, Ads
from modules.catalog.contract import Catalog, Product
from modules.recommendation.contract import Recommendations

from .settings import StorefrontSettings
from .sites import local
from .steps import StepFailed, gathered
from .visitors import Visitor

SHOWN = 4
"""Recommended products on a page."""


class Beside:
    """Asks for them within a short deadline of their own."""

    def __init__(
        self,
        recommendations: Recommendations,
        ads: Ads,
        catalog: Catalog,
        settings: StorefrontSettings,
        logger: Logger,
    ) -> None:
        self._recommendations, self._ads, self._catalog = recommendations, ads, catalog
        self._settings, self._logger = settings, logger

    async def recommended(self, visitor: Visitor, liked: tuple[str, ...] = ()) -> list[Product]:
        """Products that go with these; none where nobody says in time."""
        try:
            with deadline(self._settings.recommendations_deadline):
                answer = await self._recommendations.list_recommendations(visitor.user_id, liked)
                wanted = answer.product_ids[:SHOWN]
                found = await gathered("recommended", [self._product(id) for id in wanted])
                return [product for product in found if product]
        except (Failure, StepFailed) as trouble:
            self._logger.info("a page goes without recommendations", why=str(trouble))
            return []

    async def ad(self, categories: tuple[str, ...] = ()) -> Ad | None:
        """One ad for these categories that leads to a page of ours; none where nobody has one in time."""
        try:
            with deadline(self._settings.ads_deadline):
                ads = (await self._ads.get_ads(categories)).ads
        except Failure as trouble:
            self._logger.info("a page goes without an ad", why=str(trouble))
            return None
        ours = [ad for ad in ads if local(ad.redirect_url, "") and ad.text]
        return random.choice(ours) if ours else None

    async def _product(self, id: str) -> Product | None:
        try:
            return await self._catalog.get_product(id)
        except NotFound:  # whoever recommends may not have heard yet
            return None
