"""A topology that nobody declared."""

from __future__ import annotations

from tests.projects import cart, catalog, planned

EXPECTED = ("there is no topology `onne`", "did you mean `one`?", "the topologies: `one`")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return planned(TOPOLOGIES, "onne", None, catalog, cart)
