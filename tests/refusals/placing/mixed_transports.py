"""A module in two processes that its callers would have to speak to in two ways."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `one` runs catalog in processes that are spoken to differently: left by grpc, right by lean.
   at config/topologies.toml:5  topologies.one.processes.left
   at config/topologies.toml:9  topologies.one.processes.right
   fix: give them one transport, or set calls.policies.Catalog.transport.
"""

TOPOLOGIES = """
[topologies.one]
repeat = ["catalog"]

[topologies.one.processes.left]
modules = ["catalog"]
transport = "grpc"

[topologies.one.processes.right]
modules = ["catalog"]

[topologies.one.processes.carts]
modules = ["cart"]
edges = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, cart, catalog, root=tmp_path)
