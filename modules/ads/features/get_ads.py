"""Finds ads."""

from __future__ import annotations

from random import Random

from ..contract import AdResponse, Ads
from ..domain import Billboard


class GetAds(Ads):
    """Answers `get_ads`."""

    def __init__(self, billboard: Billboard, random: Random) -> None:
        self._billboard = billboard
        self._random = random

    async def get_ads(self, context_keys: tuple[str, ...] = ()) -> AdResponse:
        return AdResponse(self._billboard.found(context_keys) or self._billboard.at_random(self._random))
