"""A variable that moves a process to a URL."""

from __future__ import annotations

from tests.projects import cart, catalog, planned

EXPECTED = ("the address `http://cart:9500` of process `right` is a URL", "variable PANGAEA_ADDRESS_RIGHT")

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong() -> object:
    return planned(TOPOLOGIES, "split", "right", catalog, cart, variables={"PANGAEA_ADDRESS_RIGHT": "http://cart:9500"})
