"""Modules that issue and check tokens in production, where nobody has configured the key for it."""

from __future__ import annotations

from pathlib import Path

from app import Module, Tokens
from app.host import Host
from app.placing.discovery import Found
from app.placing.plan import plan
from tests.projects import configured, topologies_of

EXPECTED = """
`door`, `hall` ask for Tokens, and `identity.key` is set nowhere.
   at no_identity_key.py:36  Module(door)
   at no_identity_key.py:24  Guard
   at no_identity_key.py:28  Door
   at no_identity_key.py:37  Module(hall)
   at no_identity_key.py:32  Hall
   fix: write `key = …` below [production.identity] in config/.secrets.toml, or set PANGAEA_IDENTITY_KEY: at least 32 bytes, the same for every process of the deployment.
"""


class Guard:
    def __init__(self, tokens: Tokens) -> None: ...


class Door:
    def __init__(self, guard: Guard, tokens: Tokens) -> None: ...


class Hall:
    def __init__(self, tokens: Tokens) -> None: ...


door = Module(name="door", provide=[Guard], invoke=[Door])
hall = Module(name="hall", invoke=[Hall])


def wrong(tmp_path: Path) -> None:
    found, config = Found.of([door, hall]), configured(environment="production", root=tmp_path)
    topologies = topologies_of('[topologies.monolith.processes.app]\nmodules = ["*"]\n', tmp_path)
    Host(plan(topologies, "monolith", None, found, config, {}), found, config).wire()
