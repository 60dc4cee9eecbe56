"""What is asked for alone is only a member of a group."""

from app.module.declaration import Module, provide
from app.wiring.graph import Offers, read

EXPECTED = """
use needs Plugin (its parameter 'plugin'), and only Group[Plugin] is offered.
   at missing_but_in_a_group.py:24  Module(shop)
   at missing_but_in_a_group.py:20  use
   use (module shop)
   └ Plugin
   fix: ask for Group[Plugin], or provide one without group=.
"""


class Plugin:
    pass


def use(plugin: Plugin) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[provide(Plugin, group=Plugin)], invoke=[use])], Offers())
