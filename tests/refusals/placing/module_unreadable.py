"""A module whose file cannot be imported."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked

EXPECTED = """
module `broken` cannot be imported: shop.broken.module raises ModuleNotFoundError: No module named 'nothing_of_that_name'.
   at shop/broken/module.py:2
"""

FILES = {"shop/broken/module.py": "\nimport nothing_of_that_name\nmodule = None\n"}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, files=FILES, root=tmp_path)
