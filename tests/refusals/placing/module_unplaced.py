"""An edge serves everything, and one module runs nowhere."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = ("places `cart` in no process", "its process `left` serves every module", 'without = ["cart"]')

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]
edges = ["*"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
