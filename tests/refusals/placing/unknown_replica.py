"""PANGAEA_REPLICA counts further than the replicas."""

from __future__ import annotations

from tests.projects import cart, catalog, planned

EXPECTED = ("PANGAEA_REPLICA is `2`, and process `main` has 2 of them", "from 0 to 1")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replicas = 2
"""


def wrong() -> object:
    return planned(TOPOLOGIES, "one", "main", catalog, cart, variables={"PANGAEA_REPLICA": "2"})
