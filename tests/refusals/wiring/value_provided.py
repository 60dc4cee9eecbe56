"""A value stands among the constructors."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
42 in provide= of module shop cannot be called.
   at value_provided.py:14  Module(shop)
   fix: supply it, if it is a value.
"""


def wrong() -> None:
    read([Module(name="shop", provide=[42])], Offers())
