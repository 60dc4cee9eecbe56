"""A module is left out, and another one needs it."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = ("topology `one` leaves", "Catalog unanswered", "module cart", "Basket(catalog: Catalog)", 'add "catalog"')

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["cart"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
