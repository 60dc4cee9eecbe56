"""A topology without processes."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
topology `one` has no process.
   at topologies.toml:1  topologies.one
   fix: write [topologies.one.processes.main] with modules = ["*"].
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of("[topologies.one]\n", root=tmp_path)
