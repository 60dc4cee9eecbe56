"""A file of topologies with none in it."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("topologies.toml has no topology", "[topologies.monolith.processes.main]")


def wrong() -> object:
    return topologies_of("")
