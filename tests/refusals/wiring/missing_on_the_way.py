"""The path leads from what is run down to what is missing."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Store needs Database (its parameter 'database'), which nobody offers.
   at missing_on_the_way.py:34  Module(shop)
   at missing_on_the_way.py:22  Store
   serve (module shop)
   └ Checkout (module shop)
     └ Store (module shop)
       └ Database
   fix: provide Database in module shop, or give the parameter a default.
"""


class Database:
    pass


class Store:
    def __init__(self, database: Database) -> None: ...


class Checkout:
    def __init__(self, store: Store) -> None: ...


def serve(checkout: Checkout) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Store, Checkout], invoke=[serve])], Offers())
