"""Pools that may open more connections than the database grants."""

from __future__ import annotations

from pathlib import Path

from app.module.declaration import Module
from app.storing.database import Database
from tests.projects import checked

EXPECTED = """
topology `one` may open 20 database connections (main: 2 × 10), and database.limit is 15.
   at config/settings.toml:3  default.database.limit
   at config/topologies.toml:2  topologies.one
   fix: lower database.pool_size or database.max_overflow, run fewer replicas, or raise the server's limit.
"""

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


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, stock, settings=SETTINGS, root=tmp_path)
