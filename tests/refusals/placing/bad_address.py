"""An external service at an address without a port."""

from __future__ import annotations

from tests.projects import cart, checked

EXPECTED = ("the address `stock` of external `stock` has no port", "topologies.toml:7", "dns:///host:port")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external.stock]
contract = "Catalog"
address = "stock"
"""


def wrong() -> object:
    return checked(TOPOLOGIES, cart)
