"""A contract that no module answers at all."""

from __future__ import annotations

from tests.projects import cart, checked

EXPECTED = ("leaves", "Catalog unanswered", "external")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, cart)
