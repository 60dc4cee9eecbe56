"""Two processes of one machine want the same port."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = (
    "topology `split` lets left (http) and right (http) listen on port 8080",
    "topologies.toml:2",
    "topologies.toml:5",
    "http_port",
)

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]

[topologies.split.processes.right]
modules = ["cart"]
grpc_port = 9091
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
