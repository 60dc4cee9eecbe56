"""A lock of code that is gone."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import check, write
from tests.own_modules import forget, own_modules

EXPECTED = """
modules/adder.proto locks numbers of which no code is left.
   fix: restore the code, or run `pangaea contracts`, which removes the file.
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
        (tmp_path / "modules" / "adder.py").unlink()
        forget()
        return check(tmp_path)
