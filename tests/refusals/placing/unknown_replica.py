"""PANGAEA_REPLICA counts further than the replicas."""

from __future__ import annotations

from pathlib import Path

from tests.projects import planned
from tests.two_modules import cart, catalog

EXPECTED = """
PANGAEA_REPLICA is `2`, and process `main` has 2 of them.
   fix: set it to a number from 0 to 1.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replicas = 2
"""


def wrong(tmp_path: Path) -> object:
    return planned(TOPOLOGIES, "one", "main", catalog, cart, variables={"PANGAEA_REPLICA": "2"}, root=tmp_path)
