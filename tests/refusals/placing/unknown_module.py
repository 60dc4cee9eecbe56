"""A process runs a module that does not exist."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = (
    "process `left` of topology `split` names a module `catalogue` that does not exist",
    "topologies.toml:3",
    "did you mean `catalog`?",
)

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog", "catalogue"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
