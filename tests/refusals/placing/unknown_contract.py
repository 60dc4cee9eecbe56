"""An external service answers a contract that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
external `pay` of topology `one` names a contract `shop.CatalogServise` that does not exist.
   at config/topologies.toml:6  topologies.one.external.pay.contract
   did you mean `shop.CatalogService`?
   fix: the contracts: `shop.CatalogService`, `two_modules.Carts`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]

[topologies.one.external.pay]
contract = "shop.CatalogServise"
address = "pay:50051"
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
