"""A foreign file of proto2."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import import_proto
from tests.projects import written

EXPECTED = """
foreign.proto is proto2, not proto3.
   fix: leave it out of the copy that you import, or call the service through a stub of your own.
"""


FOREIGN = """
syntax = "proto2";

message Thing {
  required string name = 1;
}
"""


def wrong(tmp_path: Path) -> object:
    written(tmp_path, {"foreign.proto": FOREIGN})
    return import_proto(tmp_path / "foreign.proto", tmp_path / "modules" / "foreign")
