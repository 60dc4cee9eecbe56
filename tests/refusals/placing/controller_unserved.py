"""Pages of a module whose process has no edge."""

from __future__ import annotations

from app.module.declaration import Module
from tests.projects import cart, catalog, checked

EXPECTED = ("leaves Page of `pages` unserved: process `left` has no edge", "controller_unserved.py:")

TOPOLOGIES = """
[topologies.split.processes.left]
modules = ["pages", "catalog", "cart"]

[topologies.split.processes.edge]
edges = ["*"]
"""


class Page: ...


pages = Module(name="pages", controllers=[Page])


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart, pages)
