"""A git ref that is not there."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import check, write
from tests.own_modules import git, own_modules

EXPECTED = """
the contracts cannot be compared with v1.0: git knows no such ref.
   fix: name a ref that `git rev-parse` knows and whose contracts are whole.
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
        return check(tmp_path, "v1.0")
