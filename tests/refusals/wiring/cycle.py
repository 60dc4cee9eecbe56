"""Constructors need one another."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Cart, Prices and Discounts need one another.
   at cycle.py:33  Module(shop)
   at cycle.py:20  Cart
   at cycle.py:24  Prices
   at cycle.py:28  Discounts
   Cart (module shop)
   └ Prices (module shop)
     └ Discounts (module shop)
       └ Cart (module shop)   ← again
   fix: let one of them be handed what it needs later, in a start hook, or split out what both need.
"""


class Cart:
    def __init__(self, prices: "Prices") -> None: ...


class Prices:
    def __init__(self, offers: "Discounts") -> None: ...


class Discounts:
    def __init__(self, cart: Cart) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Cart, Prices, Discounts])], Offers())
