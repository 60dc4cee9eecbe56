"""A constructor asks for what nobody offers."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Store needs Database (its parameter 'database'), which nobody offers.
   at missing.py:25  Module(shop)
   at missing.py:20  Store
   Store (module shop)
   └ Database
   fix: provide Database in module shop, or give the parameter a default.
"""


class Database:
    pass


class Store:
    def __init__(self, database: Database) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Store])], Offers())
