"""Replicas that are no number."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = (
    "`topologies.one.processes.main.replicas` expects a whole number, at least 1",
    'got "two"',
    "topologies.toml:4",
)

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replicas = "two"
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart)
