"""A foreign map by bool."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import import_proto
from tests.projects import written

EXPECTED = """
Thing.names in foreign.proto is a map by bool, which no mapping of a Message is.
   fix: leave it out of the copy that you import, or call the service through a stub of your own.
"""


FOREIGN = """
syntax = "proto3";

message Thing {
  map<bool, string> names = 1;
}
"""


def wrong(tmp_path: Path) -> object:
    written(tmp_path, {"foreign.proto": FOREIGN})
    return import_proto(tmp_path / "foreign.proto", tmp_path / "modules" / "foreign")
