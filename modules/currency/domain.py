"""Exact arithmetic on amounts: everything is counted in whole billionths, and rates are exact fractions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .contract import InvalidAmount, Money, UnknownCurrency

NANOS = 1_000_000_000
MOST_UNITS = 2**63 - 1
"""What the wire's int64 holds."""
LONGEST_SHOWN = 200
"""Characters of an unknown code that are said again; a failure has to fit into the trailers of a call."""


def nanos_of(amount: Money, field: str) -> int:
    """The amount in billionths. Raises InvalidAmount, naming the field, where units and nanos make no amount."""
    units, nanos = amount.units, amount.nanos
    if abs(nanos) >= NANOS:
        raise InvalidAmount(f"{field}.nanos", f"must lie within ±999999999, and is {nanos}")
    if (units > 0 and nanos < 0) or (units < 0 and nanos > 0):
        raise InvalidAmount(f"{field}.nanos", f"must have the sign of units, and is {nanos} beside {units}")
    return units * NANOS + nanos


def money(code: str, nanos: int, field: str) -> Money:
    """The amount for so many billionths. Raises InvalidAmount where it has more units than the wire can carry."""
    units, rest = divmod(abs(nanos), NANOS)
    if units > MOST_UNITS + (nanos < 0):  # an int64 reaches one further below zero
        raise InvalidAmount(field, f"is too large: in {code} it has more than {MOST_UNITS} units")
    return Money(code, -units, -rest) if nanos < 0 else Money(code, units, rest)


class Rates:
    """How much of each currency one unit of the reference currency buys."""

    def __init__(self, rates: Mapping[str, Fraction]) -> None:
        self._rates = dict(rates)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the table's order."""
        return tuple(self._rates)

    def convert(self, amount: Money, to_code: str, field: str = "from") -> Money:
        """The amount in another currency. Raises UnknownCurrency, InvalidAmount; `field` is the amount's name there."""
        source = self._rate(amount.currency_code)
        target = self._rate(to_code)
        nanos = nanos_of(amount, field)
        return money(to_code, _rounded(nanos * target / source), field)

    def _rate(self, code: str) -> Fraction:
        rate = self._rates.get(code)
        if rate is None:
            raise UnknownCurrency(code if len(code) <= LONGEST_SHOWN else f"{code[:LONGEST_SHOWN]}…")
        return rate


def _rounded(number: Fraction) -> int:
    """The nearest whole number; halves go away from zero, so that a refund is the charge with its sign changed."""
    size = (2 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
    return -size if number < 0 else size
