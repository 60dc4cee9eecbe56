"""An edge serves everything, and one module runs nowhere."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `split` places `cart` in no process, and its process `left` serves every module.
   at config/topologies.toml:4  topologies.split.processes.left.edges
   at tests/two_modules.py:38  Module(cart)
   fix: add "cart" to the modules of a process, or leave it out on purpose: without = ["cart"].
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]
edges = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
