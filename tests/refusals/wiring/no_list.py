"""One constructor stands where a list belongs."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Store in provide= of module shop is no list.
   at no_list.py:18  Module(shop)
   fix: write provide=[…].
"""


class Store:
    pass


def wrong() -> None:
    read([Module(name="shop", provide=Store)], Offers())
