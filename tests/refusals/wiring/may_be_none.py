"""A constructor may make nothing."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
cache may return None.
   at may_be_none.py:23  Module(shop)
   at may_be_none.py:18  cache
   fix: return one type; what is optional has a default where it is asked for.
"""


class Cache:
    pass


def cache() -> Cache | None:
    return None


def wrong() -> None:
    read([Module(name="shop", provide=[cache])], Offers())
