"""Two migrations follow the same one: two branches of work met."""

from __future__ import annotations

from pathlib import Path

from app.storing.revisions import read_revisions
from tests.projects import written

EXPECTED = """
    the migrations of cart fork: both '0002' and '0003' follow '0001'.
       at 0003.py:1  0003.py
       fix: let '0003' follow '0002'.
"""


def wrong(tmp_path: Path) -> object:
    files = {
        "0001.py": "revision = '0001'\ndown_revision = None\n",
        "0002.py": "revision = '0002'\ndown_revision = '0001'\n",
        "0003.py": "revision = '0003'\ndown_revision = '0001'\n",
    }
    return read_revisions("cart", written(tmp_path, files))
