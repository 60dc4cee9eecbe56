"""A module.py that declares no Module."""

from __future__ import annotations

from tests.projects import checked

EXPECTED = ("module `hollow` declares no Module", "hollow/module.py", "write `module = Module(…)`")

FILES = {"shop/hollow/module.py": ""}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, files=FILES)
