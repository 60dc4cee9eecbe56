"""Two modules answer one contract."""

from __future__ import annotations

from pathlib import Path

from app.module.declaration import Module
from tests.projects import checked
from tests.two_modules import Catalog, Shelf, catalog

EXPECTED = """
Catalog is answered 2 times: by module `catalog` and by module `other`.
   at tests/two_modules.py:37  Catalog.by(…)
   at contract_answered_twice.py:23  Catalog.by(…)
   fix: keep one of them.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""

other = Module(name="other", exports=[Catalog.by(Shelf)])


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, other, root=tmp_path)
