"""A foreign file that protoc refuses."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import import_proto
from tests.projects import written

EXPECTED = """
foreign.proto cannot be read: foreign.proto:5:3: "Money" is not defined.
   fix: see that protoc accepts the file; `includes` names folders for what it imports.
"""


FOREIGN = """
syntax = "proto3";

message Thing {
  Money price = 1;
}
"""


def wrong(tmp_path: Path) -> object:
    written(tmp_path, {"foreign.proto": FOREIGN})
    return import_proto(tmp_path / "foreign.proto", tmp_path / "modules" / "foreign")
