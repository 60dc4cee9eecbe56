"""Shipping: a flat rate, and parcels that get ids to track them by."""

from __future__ import annotations

from random import Random, SystemRandom

from app import Module, supply

from .contract import Shipping
from .domain import Tariff
from .features.get_quote import GetQuote
from .features.ship_order import ShipOrder
from .settings import ShippingSettings

module = Module(
    settings=ShippingSettings,
    provide=[Tariff],
    supply=[supply(SystemRandom(), provides=Random, private=True)],
    exports=[Shipping.by(GetQuote, ShipOrder)],
)
