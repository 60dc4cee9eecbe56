"""Converts an amount."""

from __future__ import annotations

from ..contract import Currency, Money
from ..domain import Rates


class Convert(Currency):
    """Answers `convert`."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    async def convert(self, from_: Money, to_code: str) -> Money:
        return self._rates.convert(from_, to_code)
