"""A command outside of every project."""

from __future__ import annotations

from pathlib import Path

from app.host.project import project_root

EXPECTED = """
no project here: neither here nor a folder above it has config/topologies.toml.
   fix: go to the project's folder, or name it with --root.
"""


def wrong(tmp_path: Path) -> object:
    return project_root(tmp_path / "here")
