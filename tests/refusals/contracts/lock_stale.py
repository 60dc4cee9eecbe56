"""A lock that the code has left behind."""

from __future__ import annotations

from pathlib import Path

from app.cli.contracts import check, write
from tests.own_modules import forget, own_modules
from tests.projects import written

EXPECTED = """
modules/adder.proto is not what the code says:
   @@ -18,2 +18,3 @@
      int64 value = 1;
   +  bool carry = 2;
    }
   + is missing in the file, - is too much.
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
        write(tmp_path)
        written(tmp_path, {"modules/adder.py": ADDER.replace("value: int", "value: int\n    carry: bool = False")})
        forget()
        return check(tmp_path)
