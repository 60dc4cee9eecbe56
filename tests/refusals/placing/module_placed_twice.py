"""Two processes run the same module, and nobody said that this is meant."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = (
    "topology `split` places `cart` in several processes: `left`, `right`",
    "topologies.toml:3",
    "topologies.toml:6",
    'repeat = ["cart"]',
)

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog", "cart"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
