"""An external service answers a contract that does not exist."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = (
    "external `pay` of topology `one` names a contract `shop.CatalogServise` that does not exist",
    "did you mean `shop.CatalogService`?",
    "topologies.toml:6",
)

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external.pay]
contract = "shop.CatalogServise"
address = "pay:50051"
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
