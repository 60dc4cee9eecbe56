"""One of several processes is to run, and none is named."""

from __future__ import annotations

from tests.projects import cart, catalog, planned

EXPECTED = ("topology `split` has 2 processes, and none was named", "`left`, `right`", "pangaea up")

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong() -> object:
    return planned(TOPOLOGIES, "split", None, catalog, cart)
