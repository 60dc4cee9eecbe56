"""Recommendations: products of the catalogue, at random."""

from __future__ import annotations

from random import Random

from app import Module, supply

from .contract import Recommendations
from .features.list_recommendations import ListRecommendations
from .settings import RecommendationSettings

module = Module(
    settings=RecommendationSettings,
    supply=[supply(Random(), private=True)],
    exports=[Recommendations.by(ListRecommendations)],
)
