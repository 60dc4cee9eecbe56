"""A replacement is of quite another type."""

from app.module.declaration import Module
from app.wiring.graph import Offers, Replacement, read

EXPECTED = """
the replacement of Store is a str, which has nothing of a Store.
   at replaced_by_another_type.py:19  Module(shop)
   fix: let it be a Store.
"""


class Store:
    def load(self) -> str:
        return "loaded"


def wrong() -> None:
    read([Module(name="shop", provide=[Store])], Offers(), replace={Store: Replacement("loaded")})
