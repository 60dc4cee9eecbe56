"""The default topology is not there."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("there is no topology `monolit`", "did you mean `monolith`?", "topologies.toml:1")


def wrong() -> object:
    return topologies_of('default = "monolit"\n[topologies.monolith.processes.main]\nmodules = ["*"]\n')
