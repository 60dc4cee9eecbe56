"""Sends parcels."""

from __future__ import annotations

from random import Random

from modules.cart.contract import CartItem

from ..contract import Address, ShipOrderResponse, Shipping
from ..domain import Tariff, check_address, tracking_id


class ShipOrder(Shipping):
    """Answers `ship_order`."""

    def __init__(self, tariff: Tariff, random: Random) -> None:
        self._tariff = tariff
        self._random = random

    async def ship_order(self, address: Address, items: tuple[CartItem, ...] = ()) -> ShipOrderResponse:
        check_address(address, whole=True)
        self._tariff.pieces(items)
        return ShipOrderResponse(tracking_id(address, self._random))
