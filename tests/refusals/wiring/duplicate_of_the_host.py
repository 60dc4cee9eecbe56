"""A module offers what the host offers already."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Clock is offered 2 times: by Clock in module shop and by the host.
   at duplicate_of_the_host.py:19  Module(shop)
   at duplicate_of_the_host.py:14  Clock
   fix: keep one, make the others private=True in their modules, or tell them apart with name="…".
"""


class Clock:
    pass


def wrong() -> None:
    read([Module(name="shop", provide=[Clock])], Offers(values={Clock: Clock()}))
