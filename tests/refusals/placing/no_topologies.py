"""A project without a file of topologies."""

from __future__ import annotations

from pathlib import Path

from app.placing.topology import read

EXPECTED = """
no/topologies.toml is not there.
   fix: write it; the smallest: [topologies.monolith.processes.main] with modules = ["*"].
"""


def wrong() -> object:
    return read(Path("no/topologies.toml"))
