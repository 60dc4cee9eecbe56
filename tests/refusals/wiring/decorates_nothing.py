"""A decorator wraps what its module does not see."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
cached decorates Store, which module shop does not see.
   at decorates_nothing.py:23  Module(shop)
   at decorates_nothing.py:18  cached
   fix: decorate what is offered here or above; the type that is returned says what is decorated.
"""


class Store:
    pass


def cached(store: Store) -> Store:
    return store


def wrong() -> None:
    read([Module(name="shop", decorate=[cached])], Offers())
