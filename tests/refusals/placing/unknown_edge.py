"""An edge serves a module that does not exist."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = ("process `main`", "`catalogue`", "did you mean `catalog`?", "topologies.toml:4")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
edges = ["catalogue"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
