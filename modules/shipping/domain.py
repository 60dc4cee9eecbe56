"""What may be sent and where to, what it costs, and the ids of parcels."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from random import Random

from modules.cart.contract import CartItem
from modules.currency.contract import Money

from .contract import Address, InvalidShipment
from .settings import ShippingSettings

LONGEST = {"street_address": 512, "city": 128, "state": 128, "country": 128}
"""Characters, as the shop's form has them."""
NEEDED = ("street_address", "city", "country")
"""Not every country has states, nor every place a code."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXY"
"""What tracking ids begin with; the original's never have a Z."""


def check_address(address: Address, *, whole: bool) -> None:
    """Raises InvalidShipment, naming the field. `whole`: fields that a parcel needs must be there, too."""
    for field, longest in LONGEST.items():
        value: str = getattr(address, field)
        if whole and field in NEEDED and not value.strip():
            raise InvalidShipment(f"address.{field}", "is missing")
        if len(value) > longest:
            raise InvalidShipment(f"address.{field}", f"must be at most {longest} characters, and has {len(value)}")
        if not _writable(value):
            raise InvalidShipment(f"address.{field}", "must be one line of text, without control characters")
    if address.zip_code < 0:
        raise InvalidShipment("address.zip_code", f"must not be negative, and is {address.zip_code}")


class Tariff:
    """A flat rate, and nothing for nothing."""

    def __init__(self, settings: ShippingSettings) -> None:
        units, _, fraction = settings.flat_rate.partition(".")
        self._flat = Money("USD", int(units), int(fraction.ljust(9, "0")))
        self._most = settings.most_pieces

    def cost(self, items: Sequence[CartItem]) -> Money:
        """What sending these costs. Raises InvalidShipment."""
        return self._flat if self.pieces(items) else Money("USD")

    def pieces(self, items: Sequence[CartItem]) -> int:
        """How many pieces these are. Raises InvalidShipment, naming the item whose quantity is none or is too much."""
        pieces = 0
        for number, item in enumerate(items):
            field = f"items[{number}].quantity"
            if item.quantity < 0:
                raise InvalidShipment(field, f"must not be negative, and is {item.quantity}")
            pieces += item.quantity
            if pieces > self._most:
                raise InvalidShipment(field, f"makes it {pieces} pieces, and {self._most} can be sent at once")
        return pieces


def tracking_id(address: Address, random: Random) -> str:
    """An id for a parcel to this address, as the original makes them: `QK-20123-101234567` for a text of 20 bytes.

    Two letters, the length of "street, city, state" in bytes and three digits, half that length and seven digits.
    """
    length = len(f"{address.street_address}, {address.city}, {address.state}".encode())
    letters = "".join(random.choice(LETTERS) for _ in range(2))
    return f"{letters}-{length}{random.randrange(1000):03}-{length // 2}{random.randrange(10_000_000):07}"


def _writable(text: str) -> bool:
    """Whether a label can show it: neither control characters, nor line ends, nor halves of surrogate pairs."""
    return text.isprintable() or all(unicodedata.category(letter) not in _HIDDEN for letter in text)


_HIDDEN = ("Cc", "Cs", "Zl", "Zp")
