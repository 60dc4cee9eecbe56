"""A test replaces what nobody offers or asks for."""

from app.module.declaration import Module
from app.wiring.graph import Offers, Replacement, read

EXPECTED = """
the replacement of Stock replaces nothing: nobody offers or asks for it.
   did you mean `Store`?
"""


class Store:
    pass


class Stock:
    pass


def wrong() -> None:
    read([Module(name="shop", provide=[Store])], Offers(), replace={Stock: Replacement(Stock())})
