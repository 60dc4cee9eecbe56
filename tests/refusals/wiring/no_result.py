"""A function does not say what it makes."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
make_store does not say what it makes.
   at no_result.py:19  Module(shop)
   at no_result.py:14  make_store
   fix: annotate what it returns, or name it with provides=.
"""


def make_store():
    return object()


def wrong() -> None:
    read([Module(name="shop", provide=[make_store])], Offers())
