"""Two modules answer one contract."""

from __future__ import annotations

from app.module.declaration import Module
from tests.projects import Catalog, Shelf, catalog, checked

EXPECTED = (
    "Catalog is answered 2 times: by module `catalog` and by module `other`",
    "contract_answered_twice.py:",
    "projects.py:",
)

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""

other = Module(name="other", exports=[Catalog.by(Shelf)])


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, other)
