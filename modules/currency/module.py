"""Currencies: a table of rates and exact conversion between them."""

from __future__ import annotations

from app import Module

from .contract import Currency
from .features.convert import Convert
from .features.get_supported_currencies import GetSupportedCurrencies
from .settings import CurrencySettings
from .storage import read_rates

module = Module(
    settings=CurrencySettings,
    provide=[read_rates],
    exports=[Currency.by(GetSupportedCurrencies, Convert)],
)
