"""Replicas that are no number."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked
from tests.two_modules import cart, catalog

EXPECTED = """
`topologies.one.processes.main.replicas` expects a whole number, at least 1 and at most 999, and got "two".
   at config/topologies.toml:4  topologies.one.processes.main.replicas
"""

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replicas = "two"
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, catalog, cart, root=tmp_path)
