"""An external service and a module answer one contract."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
Catalog is answered 2 times in topology `one`: by external service `stock` and by module `catalog`.
   at config/topologies.toml:5  topologies.one.external.stock
   at tests/two_modules.py:37  Module(catalog)
   fix: keep one of them.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external.stock]
contract = "Catalog"
address = "stock:50051"
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
