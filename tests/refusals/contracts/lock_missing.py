"""A contract without its lock."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import check
from tests.own_modules import own_modules

EXPECTED = """
modules/adder.proto is missing: it locks the numbers of what stands beside it.
   fix: run `pangaea contracts` and commit the file.
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
        return check(tmp_path)
