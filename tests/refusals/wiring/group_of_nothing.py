"""A group is asked for that does not say of what."""

from app.module.declaration import Group, Module
from app.wiring.graph import Offers, read

EXPECTED = """
the parameter 'plugins' of use is Group, which does not say of what.
   at group_of_nothing.py:18  Module(shop)
   at group_of_nothing.py:14  use
   fix: write Group[T] with the type of its members.
"""


def use(plugins: Group) -> None: ...


def wrong() -> None:
    read([Module(name="shop", invoke=[use])], Offers())
