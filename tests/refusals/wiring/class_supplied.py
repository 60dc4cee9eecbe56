"""A class stands among the values."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Store in supply= of module shop is a class, no value.
   at class_supplied.py:19  Module(shop)
   at class_supplied.py:14  Store
   fix: provide it instead.
"""


class Store:
    pass


def wrong() -> None:
    read([Module(name="shop", supply=[Store])], Offers())
