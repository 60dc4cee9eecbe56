"""A process that the topology does not have."""

from __future__ import annotations

from tests.projects import cart, catalog, planned

EXPECTED = ("topology `one` has no process `mian`", "did you mean `main`?", "topologies.toml:2")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return planned(TOPOLOGIES, "one", "mian", catalog, cart)
