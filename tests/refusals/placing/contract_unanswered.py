"""A module is left out, and another one needs it."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `one` leaves Catalog unanswered.
   at tests/two_modules.py:29  Basket
   process main
   └ module cart
     └ Basket(catalog: Catalog)
   fix: add "catalog" to the modules of a process of `one`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["cart"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
