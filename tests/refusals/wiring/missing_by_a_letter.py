"""What is asked for reads like what is offered."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
serve needs Catalog (its parameter 'catalog'), which nobody offers.
   at missing_by_a_letter.py:29  Module(shop)
   at missing_by_a_letter.py:25  serve
   serve (module shop)
   └ Catalog
   did you mean `Catalogue`?
   fix: provide Catalog in module shop, or give the parameter a default.
"""


class Catalogue:
    pass


class Catalog:
    pass


def serve(catalog: Catalog) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Catalogue], invoke=[serve])], Offers())
