"""None is no value."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
None in supply= of module shop is no value.
   at nothing_supplied.py:14  Module(shop)
   fix: leave it out: a default makes it optional.
"""


def wrong() -> None:
    read([Module(name="shop", supply=[None])], Offers())
