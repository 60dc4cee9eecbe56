"""One module is included at two places."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
module clock is included twice.
   at module_twice.py:16  Module(clock)
   at module_twice.py:17  Module(shop)
   at module_twice.py:17  Module(cart)
   fix: include it once, where everyone who needs it is below.
"""


def wrong() -> None:
    clock = Module(name="clock")
    read([Module(name="shop", modules=[clock]), Module(name="cart", modules=[clock])], Offers())
