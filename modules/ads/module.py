"""Ads: what is on offer, read from a file."""

from __future__ import annotations

from random import Random

from app import Module, provide

from .contract import Ads
from .features.get_ads import GetAds
from .settings import AdsSettings
from .storage import read_billboard


def dice() -> Random:
    """Of this process alone: what is made at import is the same in all forks."""
    return Random()


module = Module(
    settings=AdsSettings,
    provide=[read_billboard, provide(dice, private=True)],
    exports=[Ads.by(GetAds)],
)
