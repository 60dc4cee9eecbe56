"""One module decorates one type twice."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
module shop decorates Store twice: by cached and by counted.
   at decorated_twice.py:28  Module(shop)
   at decorated_twice.py:19  cached
   at decorated_twice.py:23  counted
   fix: call one from the other, or move one to a child module.
"""


class Store:
    pass


def cached(store: Store) -> Store:
    return store


def counted(store: Store) -> Store:
    return store


def wrong() -> None:
    read([Module(name="shop", provide=[Store], decorate=[cached, counted])], Offers())
