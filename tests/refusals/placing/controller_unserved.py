"""Pages of a module whose process has no edge."""

from __future__ import annotations

from pathlib import Path

from app.module.declaration import Module
from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
topology `split` leaves Page of `pages` unserved: process `left` has no edge.
   at config/topologies.toml:2  topologies.split.processes.left
   at controller_unserved.py:30  Module(pages)
   fix: place `pages` in the process that is the edge, or give `left` edges = ["pages"] and an http_port of its own (edges = [] says that it is meant).
"""

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["pages", "catalog", "cart"]

[topologies.split.processes.edge]
edges = ["*"]
"""


class Page: ...


pages = Module(name="pages", controllers=[Page])


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, pages, root=tmp_path)
