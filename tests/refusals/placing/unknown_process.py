"""A process that the topology does not have."""

from __future__ import annotations

from pathlib import Path

from tests.projects import planned
from tests.two_modules import cart, catalog

EXPECTED = """
topology `one` has no process `mian`.
   at topologies.toml:2  topologies.one
   did you mean `main`?
   fix: its processes: `main`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return planned(TOPOLOGIES, "one", "mian", catalog, cart, root=tmp_path)
