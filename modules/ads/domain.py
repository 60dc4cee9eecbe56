"""The billboard: ads by category, and some of them for whoever asks for none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from .contract import Ad, InvalidContext

MOST_KEYS = 200
"""Keys in one request: far more than a product has categories, and an answer that stays short."""
AT_RANDOM = 2
"""Ads that are shown where none fits."""


class Billboard:
    """All ads with the categories that they stand under, in order. Raises ValueError where there are none."""

    def __init__(self, ads: Iterable[tuple[str, Ad]]) -> None:
        self.all: list[Ad] = []
        self._by_category: dict[str, list[Ad]] = {}
        for category, ad in ads:
            self.all.append(ad)
            self._by_category.setdefault(category, []).append(ad)
        if not self.all:
            raise ValueError("there must be at least one ad")  # whoever shows ads may fall over an answer without

    def found(self, keys: Sequence[str]) -> tuple[Ad, ...]:
        """The ads of each key after the other, repeats kept. Raises InvalidContext where these are too many keys."""
        if len(keys) > MOST_KEYS:
            raise InvalidContext("context_keys", f"must be at most {MOST_KEYS}, and are {len(keys)}")
        return tuple(ad for key in keys for ad in self._by_category.get(key, ()))

    def at_random(self, random: Random) -> tuple[Ad, ...]:
        """Some of all; one may come twice."""
        return tuple(random.choices(self.all, k=AT_RANDOM))
