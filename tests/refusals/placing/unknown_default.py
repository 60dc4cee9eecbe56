"""The default topology is not there."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
there is no topology `monolit`.
   at topologies.toml:1  default
   did you mean `monolith`?
   fix: the topologies: `monolith`.
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of('default = "monolit"\n[topologies.monolith.processes.main]\nmodules = ["*"]\n', root=tmp_path)
