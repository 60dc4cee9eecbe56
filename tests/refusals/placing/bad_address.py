"""An external service at an address without a port."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart

EXPECTED = """
the address `stock` of external `stock` has no port.
   at config/topologies.toml:7  topologies.one.external.stock.address
   fix: write host:port, dns:///host:port, ipv4:1.2.3.4:port, ipv6:[::1]:port or unix:/path.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external.stock]
contract = "Catalog"
address = "stock"
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, cart, root=tmp_path)
