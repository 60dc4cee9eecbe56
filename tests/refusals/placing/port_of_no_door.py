"""A port for a door that the process does not open."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
`left` of topology `one` has http = false, and http_port = 8081.
   at topologies.toml:5  topologies.one.processes.left.http_port
   fix: keep one of them.
"""

TOPOLOGIES = """
[topologies.one.processes.left]
modules = ["*"]
http = false
http_port = 8081
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of(TOPOLOGIES, root=tmp_path)
