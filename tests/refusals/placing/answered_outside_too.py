"""An external service and a module answer one contract."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = (
    "Catalog is answered 2 times in topology `one`: by external service `stock` and by module `catalog`",
    "topologies.toml:5",
)

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external.stock]
contract = "Catalog"
address = "stock:50051"
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
