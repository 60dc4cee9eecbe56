"""A module.py that declares no Module."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked

EXPECTED = """
module `hollow` declares no Module.
   at shop/hollow/module.py:1
   fix: write `module = Module(…)` in module.py.
"""

FILES = {"shop/hollow/module.py": ""}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, files=FILES, root=tmp_path)
