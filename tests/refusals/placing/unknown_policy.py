"""A policy for a contract that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
a policy (calls.policies) names a contract `Catalgo` that does not exist.
   at config/settings.toml:1  default.calls.policies.Catalgo
   did you mean `Catalog`?
   fix: the contracts: `Catalog`, `Carts`.
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(
        TOPOLOGIES, catalog, cart, settings="[default.calls.policies.Catalgo]\nattempts = 2\n", root=tmp_path
    )
