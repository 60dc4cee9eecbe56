"""A function that is called for its effect is provided."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
warm_up says that it returns None.
   at none_for_a_result.py:18  Module(shop)
   at none_for_a_result.py:14  warm_up
   fix: annotate what it returns; to call it for its effect, invoke it.
"""


def warm_up() -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[warm_up])], Offers())
