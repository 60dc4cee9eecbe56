"""A module that calls itself otherwise than its folder."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked

EXPECTED = """
module `folder` calls itself `other`.
   at shop/folder/module.py:2  Module(other)
   fix: leave out name=, or call its folder `other`.
"""

FILES = {"shop/folder/module.py": "from app.module.declaration import Module\nmodule = Module(name='other')\n"}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, files=FILES, root=tmp_path)
