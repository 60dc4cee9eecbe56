"""A file of topologies with none in it."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("a topology in", "is not there")


def wrong() -> object:
    return topologies_of("")
