"""PANGAEA_ADDRESS_… for a process that does not exist."""

from __future__ import annotations

from tests.projects import cart, catalog, planned

EXPECTED = ("the variable PANGAEA_ADDRESS_MIAN sets nothing that is known", "did you mean `PANGAEA_ADDRESS_MAIN`?")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return planned(TOPOLOGIES, "one", "main", catalog, cart, variables={"PANGAEA_ADDRESS_MIAN": "h:1"})
