"""Two processes of one machine want the same port."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `split` lets left (http) and right (http) listen on port 8080.
   at config/topologies.toml:2  topologies.split.processes.left
   at config/topologies.toml:5  topologies.split.processes.right
   fix: give one of the processes its own http_port or grpc_port, or edges = [] if it needs none.
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]

[topologies.split.processes.right]
modules = ["cart"]
grpc_port = 9091
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
