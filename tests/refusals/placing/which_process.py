"""One of several processes is to run, and none is named."""

from __future__ import annotations

from pathlib import Path

from tests.projects import planned
from tests.two_modules import cart, catalog

EXPECTED = """
topology `split` has 2 processes, and none was named.
   at topologies.toml:2  topologies.split
   fix: name one of `left`, `right` with --process, or start all of them with `pangaea up`.
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["catalog"]

[topologies.split.processes.right]
modules = ["cart"]
edges = []
"""


def wrong(tmp_path: Path) -> object:
    return planned(TOPOLOGIES, "split", None, catalog, cart, root=tmp_path)
