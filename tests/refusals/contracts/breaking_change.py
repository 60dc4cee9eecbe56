"""A method that callers have and the code has no more."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import check, write
from tests.own_modules import forget, git, own_modules
from tests.projects import written

EXPECTED = """
modules/adder.proto breaks callers of main: Previously present RPC "Add" on service "Adder" was deleted (RPC_NO_DELETE).
   fix: keep what callers hold and add beside it; a removed field stays reserved.
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
        written(tmp_path, {"modules/adder.py": ADDER.replace("add(", "sum(")})
        forget()
        write(tmp_path)
        forget()
        return check(tmp_path, "main")
