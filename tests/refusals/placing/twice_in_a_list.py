"""A process that names a module twice."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
`main` of topology `one` names cart twice in modules.
   at topologies.toml:2  topologies.one.processes.main.modules
   fix: name it once.
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of('[topologies.one.processes.main]\nmodules = ["cart", "cart"]\n', root=tmp_path)
