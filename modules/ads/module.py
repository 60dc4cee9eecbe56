"""Ads: what is on offer, read from a file."""

from __future__ import annotations

from random import Random

from app import Module, supply

from .contract import Ads
from .features.get_ads import GetAds
from .settings import AdsSettings
from .storage import read_billboard

module = Module(
    settings=AdsSettings,
    provide=[read_billboard],
    supply=[supply(Random(), private=True)],
    exports=[Ads.by(GetAds)],
)
