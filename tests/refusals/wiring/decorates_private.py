"""A decorator wraps what is private to a child: told once."""

from app.module.declaration import Module, provide
from app.wiring.graph import Offers, read

EXPECTED = """
cached decorates Store, which is private to module stock.
   at decorates_private.py:27  Module(shop)
   at decorates_private.py:18  cached
   fix: decorate what is offered here or above; the type that is returned says what is decorated.
"""


class Store:
    pass


def cached(store: Store) -> Store:
    return store


def use(store: Store) -> None: ...


def wrong() -> None:
    child = Module(name="stock", provide=[provide(Store, private=True)])
    read([Module(name="shop", modules=[child], decorate=[cached], invoke=[use])], Offers())
