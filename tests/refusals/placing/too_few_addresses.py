"""Fewer addresses than replicas."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("is one, and there are 2 replicas", "topologies.toml:2")


def wrong() -> object:
    return topologies_of('[topologies.one.processes.main]\naddress = "10.0.0.1:9500"\nreplicas = 2\n')
