"""An external service with the name of a process: one variable would move both."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
`stock` of topology `one` is an external service and a process.
   at topologies.toml:5  topologies.one.external.stock
   fix: rename one of them.
"""

TOPOLOGIES = """
[topologies.one.processes.stock]
modules = ["*"]

[topologies.one.external.stock]
contract = "Catalog"
address = "stock:1"
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of(TOPOLOGIES, root=tmp_path)
