"""A command outside of every project."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.host.project import project_root

EXPECTED = ("no project here", "config/topologies.toml")


def wrong() -> object:
    with tempfile.TemporaryDirectory() as folder:
        return project_root(Path(folder))
