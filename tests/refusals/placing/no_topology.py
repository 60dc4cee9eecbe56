"""A file of topologies with none in it."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
topologies.toml has no topology.
   fix: write it; the smallest: [topologies.monolith.processes.main] with modules = ["*"].
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of("", root=tmp_path)
