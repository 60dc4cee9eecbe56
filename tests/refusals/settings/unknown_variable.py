"""A variable with our prefix that names nothing."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
the variable PANGAEA_HTTP_PRT sets nothing that is known.
   at variable PANGAEA_HTTP_PRT
   did you mean `PANGAEA_HTTP_PORT`, `PANGAEA_HTTP_HOST` or `PANGAEA_GRPC_PORT`?
"""


def wrong(tmp_path: Path) -> object:
    return configured(variables={"PANGAEA_HTTP_PRT": "8081"}, root=tmp_path)
