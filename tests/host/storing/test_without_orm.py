"""The engine comes without the ORM, and whoever asks for the ORM gets what everybody else has."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASKED = {
    "from the package": "from sqlalchemy.ext.asyncio import AsyncSession",
    "of the package": "import sqlalchemy.ext.asyncio; sqlalchemy.ext.asyncio.AsyncSession",
    "from its submodule": "from sqlalchemy.ext.asyncio.session import AsyncSession",
    "of its submodule": "import sqlalchemy; sqlalchemy.ext.asyncio.session.AsyncSession",
    "everything": "from sqlalchemy.ext.asyncio import *; AsyncSession",
    "of the ORM": "import sqlalchemy.orm",
}
PROGRAM = """
import sys
from app.storing.without_orm import AsyncEngine, create_async_engine
assert "sqlalchemy.orm" not in sys.modules
{asked}
assert "sqlalchemy.orm" in sys.modules
import sqlalchemy.ext.asyncio as public
assert public.AsyncEngine is public.engine.AsyncEngine is AsyncEngine
assert public.create_async_engine is create_async_engine
assert isinstance(public.AsyncSession(create_async_engine("sqlite+aiosqlite://")).bind, AsyncEngine)
"""


def run(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_the_orm_comes_when_it_is_asked_for(asked: str) -> None:
    run(PROGRAM.format(asked=asked))


def test_a_package_that_is_there_is_left_as_it_is() -> None:
    run("import sys, sqlalchemy.ext.asyncio as public\n" + PROGRAM.format(asked="").replace(
        'assert "sqlalchemy.orm" not in sys.modules\n', "assert sys.modules[public.__name__] is public\n"))  # fmt: skip


def test_what_the_package_has_not_is_missed_as_usual() -> None:
    run(
        "import sys, app.storing.without_orm, sqlalchemy.ext.asyncio as public\n"
        "assert not hasattr(public, 'AsyncStore') and not hasattr(public, 'AsyncStore')"
    )
