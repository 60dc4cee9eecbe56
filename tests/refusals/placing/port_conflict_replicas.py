"""A replica counts on to a port that another process has."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `split` lets left-1 (http) and right (http) listen on port 8081.
   at config/topologies.toml:2  topologies.split.processes.left
   at config/topologies.toml:6  topologies.split.processes.right
   fix: give one of the processes its own http_port or grpc_port, or edges = [] if it needs none.
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]
replicas = 2

[topologies.split.processes.right]
modules = ["cart"]
http_port = 8081
grpc_port = 9095
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
