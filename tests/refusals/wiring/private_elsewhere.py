"""What is asked for is private to another module."""

from app.module.declaration import Module, provide
from app.wiring.graph import Offers, read

EXPECTED = """
serve needs Store (its parameter 'store'), which is private to module catalog.
   at private_elsewhere.py:25  Module(shop)
   at private_elsewhere.py:20  serve
   serve (module shop)
   └ Store
   fix: provide it without private=True, or in a common parent.
"""


class Store:
    pass


def serve(store: Store) -> None: ...


def wrong() -> None:
    catalog = Module(name="catalog", provide=[provide(Store, private=True)])
    read([catalog, Module(name="shop", invoke=[serve])], Offers())
