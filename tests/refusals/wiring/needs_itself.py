"""A constructor needs what it makes."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Cart needs itself.
   at needs_itself.py:21  Module(shop)
   at needs_itself.py:16  Cart
   Cart (module shop)
   └ Cart (module shop)   ← again
   fix: let one of them be handed what it needs later, in a start hook, or split out what both need.
"""


class Cart:
    def __init__(self, outer: "Cart") -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Cart])], Offers())
