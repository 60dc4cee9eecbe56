"""A process runs a module that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
process `left` of topology `split` names a module `catalogue` that does not exist.
   at config/topologies.toml:3  topologies.split.processes.left.modules
   did you mean `catalog`?
   fix: the modules: `catalog`, `cart`.
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog", "catalogue"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
