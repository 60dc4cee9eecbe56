"""An edge serves a module that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
process `main` of topology `one` names a module `catalogue` that does not exist.
   at config/topologies.toml:4  topologies.one.processes.main.edges
   did you mean `catalog`?
   fix: the modules: `catalog`, `cart`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
edges = ["catalogue"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
