"""Two processes run the same module, and nobody said that this is meant."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `split` places `cart` in several processes: `left`, `right`.
   at config/topologies.toml:3  topologies.split.processes.left.modules
   at config/topologies.toml:6  topologies.split.processes.right.modules
   fix: keep one; for more of the same use replicas, or say that it is meant: repeat = ["cart"].
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog", "cart"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
