"""Recommendations: products of the catalogue, at random."""

from __future__ import annotations

from random import Random

from app import Module, provide

from .contract import Recommendations
from .features.list_recommendations import ListRecommendations
from .settings import RecommendationSettings


def dice() -> Random:
    """Of this process alone: what is made at import is the same in all forks."""
    return Random()


module = Module(
    settings=RecommendationSettings,
    provide=[provide(dice, private=True)],
    exports=[Recommendations.by(ListRecommendations)],
)
