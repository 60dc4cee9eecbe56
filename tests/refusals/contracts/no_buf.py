"""Contracts to compare, and no buf."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from app.cli.contracts import check, write
from tests.own_modules import git, own_modules

EXPECTED = """
`buf` is needed to compare contracts with older ones and is not installed.
   fix: run `pip install buf-bin`.
"""


ADDER = """
from app import Contract, Message, query


class Sum(Message):
    value: int


class Adder(Contract):
    @query()
    async def add(self, a: int, b: int) -> Sum: ...
"""


def wrong(tmp_path: Path) -> object:
    with own_modules(tmp_path, {"adder.py": ADDER}):
        write(tmp_path)
        git(tmp_path, "init", "-q", "-b", "main")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", "first")
        with patch("shutil.which", return_value=None):
            return check(tmp_path, "main")
