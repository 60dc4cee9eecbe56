"""A process with a key that does not exist."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = ("unknown key `topologies.one.processes.main.replica`", "topologies.toml:4", "replicas`?")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replica = 2
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
