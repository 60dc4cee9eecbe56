"""Errands to the thread of a SQLite connection: how many there are, and that none leaves a transaction behind."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, text
from sqlalchemy.util import await_

from app import DatabaseUnavailable
from app.storing import spot
from app.storing.database import Database
from app.storing.pool import Pool

from .conftest import Opener

notes = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("what", String(20)))


@pytest.fixture
async def database(open_pools: Opener) -> Database:
    pools = await open_pools("", "cart", section={"pool_size": 1, "max_overflow": 0})
    database = pools.database("cart")
    async with database.transaction() as tx:
        await tx.run_sync(notes.create)
    return database


@pytest.fixture
def errands(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the connections' threads are sent to do, from here on; nothing takes long, however busy the machine is."""
    monkeypatch.setattr(spot, "LONG", 3600.0)
    seen: list[str] = []
    sent = aiosqlite.Connection._execute

    async def counted(self, fn, *args, **kwargs):
        seen.append(fn.__name__)
        return await sent(self, fn, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return seen


async def _write(database: Database, what: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(what=what))


async def _count(database: Database) -> int:
    return (await database.fetch(select(func.count()).select_from(notes)))[0][0]


async def test_a_short_statement_is_no_errand(database: Database, errands: list[str]) -> None:
    assert await _count(database) == 0
    assert errands == []


async def test_a_transaction_of_short_statements_is_an_errand_for_its_commit(
    database: Database, errands: list[str]
) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(what="a"))
        await tx.execute(insert(notes).values(what="b"))
        await tx.execute(select(notes))
    assert errands == ["_commit"]
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            await tx.execute(insert(notes).values(what="c"))
            _ = 1 / 0
    assert errands == ["_commit"]
    assert await _count(database) == 2


async def test_a_commit_waits_for_the_disk(database: Database) -> None:
    assert (await database.fetch(text("PRAGMA synchronous")))[0][0] == 2  # FULL


async def test_a_change_of_who_knows_how_many_rows_is_an_errand_unless_it_may_be_stopped(
    database: Database, errands: list[str]
) -> None:
    async with database.transaction() as tx:
        await tx.execute(notes.update().values(what="a"))
    assert len(errands) == 1
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(what="b"))
        await tx.execute(notes.update().values(what="c"))
    assert len(errands) == 3
    assert [what for (what,) in await database.fetch(select(notes.c.what))] == ["c"]


async def test_what_turns_out_long_is_done_once_and_by_the_thread(
    database: Database, errands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes), [{"what": str(number)} for number in range(2000)])
    assert len(errands) == 2
    monkeypatch.setattr(spot, "LONG", -1.0)
    for turn in range(2):
        async with database.transaction() as tx:
            changed = await tx.execute(notes.update().values(what=notes.c.what + "!"))
            assert changed.rowcount == 2000
            found = (await tx.execute(select(notes.c.what).order_by(notes.c.id))).all()
            assert [what for (what,) in found] == [f"{number}!{'!' * turn}" for number in range(2000)]
    assert len(errands) == 2 + 2 * 3


async def test_a_file_that_another_process_writes_is_waited_for_in_no_thread(
    database: Database, errands: list[str], tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / "cart.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(_write(database, "a"))
        given_up = asyncio.create_task(_write(database, "b"))
        assert await _count(database) == 0  # readers need not wait
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert errands == []
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    assert await _count(database) == 1


async def test_a_file_that_stays_locked_is_unavailable(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storing.errands.BUSY", 0.0)
    with closing(sqlite3.connect(tmp_path / "data" / "cart.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable):
            await _write(database, "a")
        other.execute("COMMIT")
    await _write(database, "a")
    assert await _count(database) == 1


async def test_who_writes_next_need_not_wait_for_a_connection_to_go_back(
    open_pools: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = (await open_pools("", "orders")).database("orders")
    async with database.transaction() as tx:
        await tx.run_sync(notes.create)
    slow, take_back = asyncio.Event(), Pool._take_back

    def slowly(self: Pool, *args: Any) -> None:
        await_(slow.wait())
        take_back(self, *args)

    monkeypatch.setattr(Pool, "_take_back", slowly)
    first, second = (asyncio.create_task(_write(database, what)) for what in "ab")
    async with asyncio.timeout(10):
        with closing(sqlite3.connect(database._pool.address.where)) as other:
            while other.execute("SELECT count(*) FROM notes").fetchone() != (2,):
                await asyncio.sleep(0)
    assert not first.done()
    slow.set()
    await asyncio.gather(first, second)


async def test_a_transaction_without_a_statement_is_no_errand(database: Database, errands: list[str]) -> None:
    async with database.transaction():
        pass
    assert errands == []
    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            _ = 1 / 0
    assert errands == []


async def test_what_fails_after_its_transaction_began_is_rolled_back(database: Database) -> None:
    with pytest.raises(Exception, match="no such table"):
        async with database.transaction() as tx:
            await tx.execute(text("INSERT INTO nowhere VALUES (1)"))
    async with database.transaction() as tx:  # the only connection; a second BEGIN inside the first would be refused
        await tx.execute(insert(notes).values(what="a"))
    assert await _count(database) == 1


async def test_a_statement_that_is_given_up_under_way_leaves_no_transaction_open(database: Database) -> None:
    endless = text("INSERT INTO notes (what) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000)"
                   " SELECT 'x' FROM n")  # fmt: skip
    begun = asyncio.Event()

    async def write() -> None:
        async with database.transaction() as tx:
            begun.set()
            await tx.execute(endless)

    for turns in range(6):  # given up before, while and after the thread has begun the transaction
        begun.clear()
        task = asyncio.create_task(write())
        await begun.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await _count(database) == 0
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(what="a"))
    assert await _count(database) == 1


async def test_many_rows_at_once_and_what_became_of_them(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes), [{"what": "a"}, {"what": "b"}, {"what": "c"}])
        changed = await tx.execute(notes.update().where(notes.c.what != "a").values(what="z"))
        assert changed.rowcount == 2
        one = await tx.execute(insert(notes).values(what="d"))
        assert one.inserted_primary_key == (4,)
        found = await tx.execute(select(notes.c.what).order_by(notes.c.id))
        assert found.keys() == ["what"]
        assert [found.fetchone(), *found.fetchmany(2), *found.fetchall()] == [("a",), ("z",), ("z",), ("d",)]


async def test_rows_fetched_bit_by_bit_are_read_inside_the_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            async with tx.stream(select(notes)) as none:
                assert [row async for row in none] == []
            await tx.execute(insert(notes).values(what="a"))
            async with tx.stream(select(notes.c.what)) as rows:
                assert [row async for row in rows] == [("a",)]
            _ = 1 / 0
    assert await _count(database) == 0
