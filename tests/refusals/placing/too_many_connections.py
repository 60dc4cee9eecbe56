"""Pools that may open more connections than the database grants."""

from __future__ import annotations

from app.module.declaration import Module
from app.storing.database import Database
from tests.projects import checked

EXPECTED = ("topology `one` may open 20 database connections (main: 2 × 10)", "database.limit is 15", "settings.toml:3")

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
replicas = 2
"""


def store(database: Database) -> str: ...


SETTINGS = """[default.database]
url = "postgresql://h/d"
limit = 15
"""
stock = Module(name="stock", provide=[store])


def wrong() -> object:
    return checked(TOPOLOGIES, stock, settings=SETTINGS)
