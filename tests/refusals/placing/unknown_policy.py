"""A policy for a contract that does not exist."""

from __future__ import annotations

from tests.projects import cart, catalog, checked

EXPECTED = ("a policy (calls.policies) names a contract `Catalgo`", "did you mean `Catalog`?", "settings.toml:1")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong() -> object:
    return checked(TOPOLOGIES, catalog, cart, settings="[default.calls.policies.Catalgo]\nattempts = 2\n")
