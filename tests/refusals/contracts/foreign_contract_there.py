"""An import that would overwrite a contract."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import import_proto
from tests.projects import written

EXPECTED = """
modules/foreign/contract.py is there already, and what was written into it by hand would be lost.
   fix: import it into another module, or say --replace.
"""


FOREIGN = 'syntax = "proto3";'


def wrong(tmp_path: Path) -> object:
    written(tmp_path, {"foreign.proto": FOREIGN, "modules/foreign/contract.py": "# by hand"})
    return import_proto(tmp_path / "foreign.proto", tmp_path / "modules" / "foreign")
