"""A topology without processes."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("topology `one` has no process", "topologies.toml:1")


def wrong() -> object:
    return topologies_of("[topologies.one]\n")
