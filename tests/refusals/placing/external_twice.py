"""Two external services answer one contract."""

from __future__ import annotations

from tests.projects import cart, checked

EXPECTED = ("Catalog is answered 2 times in topology `one`: by external service `a` and by external service `b`",)

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external]
a = { contract = "Catalog", address = "a:1" }
b = { contract = "shop.CatalogService", address = "b:1" }
"""


def wrong() -> object:
    return checked(TOPOLOGIES, cart)
