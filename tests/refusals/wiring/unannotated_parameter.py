"""A parameter says nothing of what it wants."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
the parameter 'database' of Store has no annotation.
   at unannotated_parameter.py:19  Module(shop)
   at unannotated_parameter.py:14  Store
   fix: annotate it, or give it a default.
"""


class Store:
    def __init__(self, database) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Store])], Offers())
