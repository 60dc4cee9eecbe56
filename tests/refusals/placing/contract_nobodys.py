"""A contract that no module answers at all."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart

EXPECTED = """
topology `one` leaves Catalog unanswered.
   at tests/two_modules.py:29  Basket
   process main
   └ module cart
     └ Basket(catalog: Catalog)
   fix: export Catalog from a module, or declare who answers it below external.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, cart, root=tmp_path)
