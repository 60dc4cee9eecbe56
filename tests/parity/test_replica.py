"""With a read replica, queries read it, and what a command asks in between reads the primary: wherever they run."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app import Internal
from app.testing import TestHost

from .shelf import Clerk, Shelf, clerk, shelf

pytestmark = pytest.mark.topology("all", "loopback-grpc")


@pytest.fixture
async def host(test_host: Any, tmp_path: Path) -> AsyncIterator[TestHost]:
    """Both modules, with a copy that says "replica" and stays behind."""
    (tmp_path / "copy").mkdir()
    with closing(sqlite3.connect(tmp_path / "copy" / "shelf.db")) as copy:
        copy.execute("CREATE TABLE words (word TEXT)")
        copy.execute("INSERT INTO words VALUES ('replica')")
        copy.commit()
    urls = {"url": f"sqlite:///{tmp_path}/files/", "replica_url": f"sqlite:///{tmp_path}/copy/"}
    settings = {f"database.{key}": url for key, url in urls.items()}
    async with test_host(shelf, clerk, settings=settings) as host:
        yield host


async def test_a_query_reads_the_replica_and_a_command_the_primary(host: TestHost) -> None:
    shelf = host.get(Shelf)
    assert (await shelf.write("primary")).words == ("primary",)
    assert (await shelf.read()).words == ("replica",)
    assert [item.word async for item in shelf.each()] == ["replica"]


async def test_a_query_within_a_command_sees_what_was_written_before(host: TestHost) -> None:
    clerk = host.get(Clerk)
    assert (await clerk.file("primary")).words == ("primary",)
    assert [item.word async for item in clerk.file_each("more")] == ["primary", "more"]
    assert (await clerk.look()).words == ("replica",)


async def test_a_query_that_writes_breaks_and_changes_nothing(host: TestHost) -> None:
    shelf = host.get(Shelf)
    with pytest.raises(Internal):
        await shelf.write_while_reading()
    assert (await shelf.write("primary")).words == ("primary",)
