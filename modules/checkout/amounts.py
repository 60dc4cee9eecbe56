"""Exact sums: everything is counted in whole billionths, and only amounts of one currency are added."""

from __future__ import annotations

from collections.abc import Iterable

from modules.currency.contract import Money

NANOS = 1_000_000_000
MOST_UNITS = 2**63 - 1
"""What the wire's int64 holds."""


class NoAmount(ValueError):
    """Something that cannot be charged; says why."""


def sum_of(code: str, parts: Iterable[tuple[Money, int]]) -> Money:
    """What so many of each come to in this currency. Raises NoAmount for what is no price, and for too much."""
    nanos = sum(price_in_nanos(code, price) * times for price, times in parts)
    units, rest = divmod(nanos, NANOS)
    if units > MOST_UNITS:
        raise NoAmount(f"in {code} it comes to more than {MOST_UNITS} units")
    return Money(code, units, rest)


def price_in_nanos(code: str, price: Money) -> int:
    """A price in billionths. Raises NoAmount where it is in another currency, negative, or no amount at all."""
    if price.currency_code != code:
        raise NoAmount(f"an amount is in {price.currency_code[:10]!r}, not in {code}")
    if not 0 <= price.units <= MOST_UNITS or not 0 <= price.nanos < NANOS:
        raise NoAmount(f"{price.units} units and {price.nanos} billionths are no price")
    return price.units * NANOS + price.nanos
