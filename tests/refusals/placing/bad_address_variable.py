"""A variable that moves a process to a URL."""

from __future__ import annotations

from pathlib import Path

from tests.projects import planned
from tests.two_modules import cart, catalog

EXPECTED = """
the address `http://cart:9500` of process `right` is a URL.
   at variable PANGAEA_ADDRESS_RIGHT
   fix: write host:port, dns:///host:port, ipv4:1.2.3.4:port, ipv6:[::1]:port or unix:/path.
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong(tmp_path: Path) -> object:
    return planned(
        TOPOLOGIES,
        "split",
        "right",
        catalog,
        cart,
        variables={"PANGAEA_ADDRESS_RIGHT": "http://cart:9500"},
        root=tmp_path,
    )
