"""Two modules bear one name."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
module shop is declared at two places.
   at modules_of_one_name.py:15  Module(shop)
   at modules_of_one_name.py:15  Module(shop)
   fix: give one another name: Module(name="…").
"""


def wrong() -> None:
    read([Module(name="shop"), Module(name="shop")], Offers())
