"""A module that calls itself otherwise than its folder."""

from __future__ import annotations

from tests.projects import checked

EXPECTED = ("module `folder` calls itself `other`", "folder/module.py:2")

FILES = {"shop/folder/module.py": "from app.module.declaration import Module\nmodule = Module(name='other')\n"}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, files=FILES)
