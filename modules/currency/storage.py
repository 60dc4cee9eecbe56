"""Reads the table of rates from its file."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

from .domain import Rates
from .settings import CurrencySettings

OWN_FILE = Path(__file__).with_name("rates.toml")


def read_rates(settings: CurrencySettings) -> Rates:
    """The rates that the settings name. Raises ValueError naming the file and the code that is wrong."""
    file = Path(settings.rates) if settings.rates else OWN_FILE
    with file.open("rb") as stream:
        table = tomllib.load(stream).get("rates")
    if not isinstance(table, dict) or not table:
        raise ValueError(f"{file} has no table [rates] with at least one currency")
    rates: dict[str, Fraction] = {}
    for code, written in table.items():
        try:
            rate = Fraction(written)  # from text: 0.1 is a tenth
        except (TypeError, ValueError, ZeroDivisionError):
            rate = Fraction(0)
        if rate <= 0 or not isinstance(written, str):
            raise ValueError(f'{file}: the rate of {code} must be a positive number in quotes, such as "1.25"')
        rates[code] = rate
    return Rates(rates)
