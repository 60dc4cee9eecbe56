"""One type is offered twice where both are seen."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Store is offered 2 times: by Store in module catalog and by other_store in module shop.
   at duplicate.py:25  Module(catalog)
   at duplicate.py:16  Store
   at duplicate.py:26  Module(shop)
   at duplicate.py:20  other_store
   fix: keep one, make the others private=True in their modules, or tell them apart with name="…".
"""


class Store:
    pass


def other_store() -> Store:
    return Store()


def wrong() -> None:
    catalog = Module(name="catalog", provide=[Store])
    read([catalog, Module(name="shop", provide=[other_store])], Offers())
