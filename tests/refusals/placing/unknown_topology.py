"""A topology that nobody declared."""

from __future__ import annotations

from pathlib import Path

from tests.projects import planned
from tests.two_modules import cart, catalog

EXPECTED = """
there is no topology `onne`.
   at topologies.toml
   did you mean `one`?
   fix: the topologies: `one`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return planned(TOPOLOGIES, "onne", None, catalog, cart, root=tmp_path)
