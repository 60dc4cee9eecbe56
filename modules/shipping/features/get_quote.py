"""Quotes what sending costs."""

from __future__ import annotations

from modules.cart.contract import CartItem

from ..contract import Address, GetQuoteResponse, Shipping
from ..domain import Tariff, check_address


class GetQuote(Shipping):
    """Answers `get_quote`."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff

    async def get_quote(self, address: Address | None = None, items: tuple[CartItem, ...] = ()) -> GetQuoteResponse:
        if address is not None:
            check_address(address, whole=False)  # the rate asks for no address: what is not said yet may come later
        return GetQuoteResponse(self._tariff.cost(items))
