"""A replica counts on to a port that another process has."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = ("left-1 (http) and right (http) listen on port 8081",)

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]
replicas = 2

[topologies.split.processes.right]
modules = ["cart"]
http_port = 8081
grpc_port = 9095
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
