"""A process with a key that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
unknown key `topologies.one.processes.main.replica`.
   at config/topologies.toml:4  topologies.one.processes.main.replica
   did you mean `topologies.one.processes.main.replicas`?
   fix: known there: `modules`, `edges`, `replicas`, `host`, `http_port`, `grpc_port`, `http`, `grpc`, `address`, `transport`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replica = 2
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
