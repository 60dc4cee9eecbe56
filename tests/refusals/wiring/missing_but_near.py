"""Only a subclass is offered, under its own type."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
serve needs Store (its parameter 'store'), which nobody offers.
   at missing_but_near.py:29  Module(shop)
   at missing_but_near.py:25  serve
   serve (module shop)
   └ Store
   did you mean `SqlStore`?
   fix: provide(SqlStore, provides=Store).
"""


class Store:
    pass


class SqlStore(Store):
    pass


def serve(store: Store) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[SqlStore], invoke=[serve])], Offers())
