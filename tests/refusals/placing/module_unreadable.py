"""A module whose file cannot be imported."""

from __future__ import annotations

from tests.projects import checked

EXPECTED = ("module `broken` cannot be imported: shop.broken.module raises ModuleNotFoundError", "broken/module.py:2")

FILES = {"shop/broken/module.py": "\nimport nothing_of_that_name\nmodule = None\n"}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, files=FILES)
