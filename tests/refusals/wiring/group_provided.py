"""A group is made whole, and its members would be lost."""

from app.module.declaration import Group, Module
from app.wiring.graph import Offers, read

EXPECTED = """
ports in provide= of module shop makes Group[int], which its members make up.
   at group_provided.py:19  Module(shop)
   at group_provided.py:14  ports
   fix: provide each member with group=; decorate the group to change it.
"""


def ports() -> Group[int]:
    return Group([80, 443])


def wrong() -> None:
    read([Module(name="shop", provide=[ports])], Offers())
