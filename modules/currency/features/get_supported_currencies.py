"""Lists the currencies."""

from __future__ import annotations

from ..contract import Currency, GetSupportedCurrenciesResponse
from ..domain import Rates


class GetSupportedCurrencies(Currency):
    """Answers `get_supported_currencies`."""

    def __init__(self, rates: Rates) -> None:
        self._answer = GetSupportedCurrenciesResponse(rates.codes)

    async def get_supported_currencies(self) -> GetSupportedCurrenciesResponse:
        return self._answer
