"""Two external services answer one contract."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart

EXPECTED = """
Catalog is answered 2 times in topology `one`: by external service `a` and by external service `b`.
   at config/topologies.toml:6  topologies.one.external.a.contract
   at config/topologies.toml:7  topologies.one.external.b.contract
   fix: keep one of them.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external]
a = { contract = "Catalog", address = "a:1" }
b = { contract = "shop.CatalogService", address = "b:1" }
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, cart, root=tmp_path)
