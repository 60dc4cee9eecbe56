"""A process that names a module twice."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("`main` of topology `one` names cart twice in modules", "topologies.toml:2")


def wrong() -> object:
    return topologies_of('[topologies.one.processes.main]\nmodules = ["cart", "cart"]\n')
