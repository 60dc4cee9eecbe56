"""Fewer addresses than replicas."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
the address `10.0.0.1:9500` of process `main` is one, and there are 2 replicas.
   at topologies.toml:2  topologies.one.processes.main.address
   fix: write host:port, dns:///host:port, ipv4:1.2.3.4:port, ipv6:[::1]:port or unix:/path.
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of('[topologies.one.processes.main]\naddress = "10.0.0.1:9500"\nreplicas = 2\n', root=tmp_path)
