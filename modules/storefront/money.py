"""Amounts as the pages show and add them: exact, in whole units and billionths."""

from __future__ import annotations

from modules.currency.contract import Money

NANOS = 1_000_000_000
SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "TRY": "₺"}
"""Every other currency shows the dollar's."""


def shown(amount: Money) -> str:
    """`$19.99`: symbol, units, a dot, two digits of the billionths; the rest is cut off, never rounded."""
    size = abs(_nanos(amount))
    sign = "-" if _nanos(amount) < 0 else ""
    return f"{sign}{SYMBOLS.get(amount.currency_code, '$')}{size // NANOS}.{size % NANOS // 10_000_000:02d}"


def times(amount: Money, count: int) -> Money:
    """The price of so many."""
    return _money(amount.currency_code, _nanos(amount) * count)


def total(currency_code: str, amounts: list[Money]) -> Money:
    """All of them together. Raises ValueError: one is in another currency."""
    if strange := {amount.currency_code for amount in amounts} - {currency_code}:
        raise ValueError(f"amounts in {', '.join(sorted(strange))} among amounts in {currency_code}")
    return _money(currency_code, sum(_nanos(amount) for amount in amounts))


def _nanos(amount: Money) -> int:
    return amount.units * NANOS + amount.nanos


def _money(currency_code: str, nanos: int) -> Money:
    units, rest = divmod(abs(nanos), NANOS)
    return Money(currency_code, units, rest) if nanos >= 0 else Money(currency_code, -units, -rest)
