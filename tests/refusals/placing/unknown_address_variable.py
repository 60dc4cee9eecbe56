"""PANGAEA_ADDRESS_… for a process that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import planned
from tests.two_modules import cart, catalog

EXPECTED = """
the variable PANGAEA_ADDRESS_MIAN sets nothing that is known.
   at variable PANGAEA_ADDRESS_MIAN
   did you mean `PANGAEA_ADDRESS_MAIN`?
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return planned(TOPOLOGIES, "one", "main", catalog, cart, variables={"PANGAEA_ADDRESS_MIAN": "h:1"}, root=tmp_path)
