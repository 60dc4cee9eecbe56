"""What a confirmation says: amounts, lines and addresses as people read them, whatever they were made of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from modules.currency.contract import Money
from modules.orders.contract import OrderResult
from modules.shipping.contract import Address

NANOS = 1_000_000_000
MOST_LINES = 200
"""Shown in one message; how many more there are is said."""
LONGEST = 200
"""Characters of any one text."""
_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "TRY": "₺", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "HKD": "HK$",
    "SGD": "S$", "MXN": "MX$", "BRL": "R$", "INR": "₹", "KRW": "₩", "ILS": "₪", "PHP": "₱", "CNY": "CN¥", "RUB": "₽",
}  # fmt: skip
_WHOLE = {"JPY", "KRW", "ISK"}
"""Currencies without a smaller unit: ISO 4217."""
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
"""Turns the direction of whatever stands beside it (Unicode TR36, §2.5)."""


class Clock:
    """Tells the time. Tests put another in its place."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the order, as shown."""

    product_id: str
    quantity: int
    unit: str
    together: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation, as shown. No text in it breaks a line or turns its direction."""

    order_id: str
    tracking_id: str
    lines: tuple[Line, ...]
    more: int
    """Lines that are not shown."""
    shipping: str
    total: str
    """Empty where the amounts are of several currencies."""
    address: tuple[str, ...]


def confirmation(order: OrderResult) -> Confirmation:
    """What is said of an order."""
    lines = tuple(
        Line(
            plain(line.item.product_id),
            line.item.quantity,
            shown(line.cost.currency_code, _nanos(line.cost)),
            shown(line.cost.currency_code, _nanos(line.cost) * line.item.quantity),
        )
        for line in order.items[:MOST_LINES]
    )
    code = order.shipping_cost.currency_code
    total = _nanos(order.shipping_cost) + sum(_nanos(line.cost) * line.item.quantity for line in order.items)
    alike = all(line.cost.currency_code == code for line in order.items)
    return Confirmation(
        plain(order.order_id),
        plain(order.shipping_tracking_id),
        lines,
        len(order.items) - len(lines),
        shown(code, _nanos(order.shipping_cost)),
        shown(code, total) if alike else "",
        address_lines(order.shipping_address),
    )


def shown(currency_code: str, nanos: int) -> str:
    """`€17.68`: as many digits as the currency has, the rest cut off, as on the shop's pages."""
    sign, size = "-" if nanos < 0 else "", abs(nanos)
    symbol = _SYMBOLS.get(currency_code) or f"{plain(currency_code, 10)} ".lstrip()
    cents = "" if currency_code in _WHOLE else f".{size % NANOS // 10_000_000:02d}"
    return f"{sign}{symbol}{size // NANOS}{cents}"


def address_lines(address: Address) -> tuple[str, ...]:
    """The address as it is written on a parcel; what is not given is left out."""
    country = plain(address.country)
    digits = 5 if country.casefold() in ("us", "usa", "united states", "united states of america") else 0
    code = f"{address.zip_code:0{digits}d}" if address.zip_code else ""
    place = " ".join(part for part in (plain(address.state), code) if part)
    city = ", ".join(part for part in (plain(address.city), place) if part)
    return tuple(part for part in (plain(address.street_address), city, country) if part)


def plain(text: str, longest: int = LONGEST) -> str:
    """A text on one line, of a length that people read, without what is not seen and what turns directions."""
    cut = text[: longest - 1] + "…" if len(text) > longest else text
    seen = (" " if unicodedata.category(letter) in _UNSEEN else letter for letter in _TURNING.sub("", cut))
    return " ".join("".join(seen).split())


def heading(text: str, longest: int = LONGEST) -> str:
    """A plain text for the head of a message. Nothing in it can be read as an encoded word (RFC 2047), which Python's
    library would decode, line ends and all."""
    return plain(plain(text, longest).replace("=?", "= ?"), longest)


def _nanos(amount: Money) -> int:
    return amount.units * NANOS + amount.nanos
