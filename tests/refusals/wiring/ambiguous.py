"""Several offers would fit, and none is the one."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
serve needs Store (its parameter 'store'), and SqlStore and MemoryStore would all fit.
   at ambiguous.py:32  Module(shop)
   at ambiguous.py:28  serve
   serve (module shop)
   └ Store
   fix: ask for the one that is meant, or offer it with provides=.
"""


class Store:
    pass


class SqlStore(Store):
    pass


class MemoryStore(Store):
    pass


def serve(store: Store) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[SqlStore, MemoryStore], invoke=[serve])], Offers())
