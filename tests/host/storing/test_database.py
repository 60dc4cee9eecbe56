"""A module's Database: transactions, reading, isolation; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import ambient
from app.module.failure import DeadlineExceeded
from app.storing.database import Database, NestedTransaction

from .conftest import Opener

tables = MetaData()
notes = Table("notes", tables, Column("id", Integer, primary_key=True), Column("words", String(50)))
marks = Table("marks", tables, Column("note", ForeignKey("notes.id"), primary_key=True))


@pytest.fixture
async def database(database_url: str, open_pools: Opener) -> Database:
    pools = await open_pools(database_url, "writing")
    await _make_tables(pools.database("writing"))
    return pools.database("writing")


async def _make_tables(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run_sync(tables.create_all)


async def test_what_a_transaction_wrote_is_read_afterwards(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes), [{"id": 1, "words": "one"}, {"id": 2, "words": "two"}])
    rows = await database.fetch(select(notes).order_by(notes.c.id))
    assert [row.words for row in rows] == ["one", "two"]


async def test_plain_sql_means_the_modules_own_tables(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("INSERT INTO notes (id, words) VALUES (:id, :words)"), {"id": 7, "words": "plain"})
    rows = await database.fetch(text("SELECT words FROM notes WHERE id = :id"), {"id": 7})
    assert rows[0].words == "plain"


async def test_an_error_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            await tx.execute(insert(notes).values(id=1))
            _ = 1 / 0
    assert not await database.fetch(select(notes))


async def test_a_broken_rule_of_the_tables_reaches_the_module_as_it_is(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(insert(marks).values(note=404))
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(id=1))


async def test_a_wrong_statement_is_not_taken_for_a_lost_database(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.fetch(text("SELECT * FROM nowhere"))
    with pytest.raises(DBAPIError):
        async with database.transaction() as tx:
            await tx.execute(text("SELEKT"))


async def test_contract_calls_are_held_inside_a_transaction_only(database: Database) -> None:
    async with database.transaction():
        scope = ambient.current()
        assert scope is not None
        assert scope.held == "a transaction is open"
    assert ambient.current() is None


async def test_a_second_transaction_inside_the_first_is_refused_rather_than_waiting(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(NestedTransaction, match="pass its connection along"):
            async with database.transaction():
                pass
        with pytest.raises(NestedTransaction):
            await database.fetch(select(notes))


async def test_fetching_refuses_to_write(database: Database) -> None:
    with pytest.raises(TypeError, match="fetch only reads"):
        await database.fetch(insert(notes).values(id=1).returning(notes.c.id))


async def test_an_upsert_is_written_once_for_both_databases(database: Database) -> None:
    async with database.transaction() as tx:
        for words in ("first", "second"):
            row = database.insert(notes).values(id=1, words=words)
            await tx.execute(row.on_conflict_do_update(index_elements=[notes.c.id], set_={"words": words}))
    assert [row.words for row in await database.fetch(select(notes))] == ["second"]


async def test_a_session_commits_at_its_end(database: Database) -> None:
    async with database.session() as session:
        await session.execute(insert(notes).values(id=3, words="mapped"))
    assert len(await database.fetch(select(notes))) == 1


async def test_many_transactions_at_once_lose_no_update(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(id=1, words="0"))

    async def count() -> None:
        async with database.transaction() as tx:
            locked = select(notes.c.words).where(notes.c.id == 1).with_for_update()
            seen = (await tx.execute(locked)).scalar_one()
            await tx.execute(update(notes).values(words=str(int(seen) + 1)))

    await asyncio.gather(*(count() for _ in range(40)))
    assert (await database.fetch(select(notes.c.words)))[0].words == "40"


async def test_a_deadline_ends_a_transaction_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(DeadlineExceeded), ambient.deadline(0.05):
        async with database.transaction() as tx:
            await tx.execute(insert(notes).values(id=1))
            await asyncio.Event().wait()
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(id=1))
    assert len(await database.fetch(select(notes))) == 1


async def test_callers_that_give_up_while_waiting_leave_no_connection_behind(
    database_url: str, open_pools: Opener
) -> None:
    database = (await open_pools(database_url, "writing", section={"pool_size": 1, "max_overflow": 0})).database(
        "writing"
    )
    await _make_tables(database)
    entered = asyncio.Event()

    async def hold() -> None:
        async with database.transaction():
            entered.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    await entered.wait()
    waiting = [asyncio.create_task(_write(database, n)) for n in range(5)]
    await asyncio.sleep(0)
    for task in waiting[:4]:
        task.cancel()
    holder.cancel()
    await asyncio.gather(holder, *waiting, return_exceptions=True)
    assert [row.id for row in await database.fetch(select(notes))] == [4]


async def _write(database: Database, number: int) -> None:
    async with database.transaction() as tx:
        await tx.execute(insert(notes).values(id=number))


async def test_modules_with_tables_of_one_name_see_only_their_own(database_url: str, open_pools: Opener) -> None:
    pools = await open_pools(database_url, "here", "there")
    for module in ("here", "there"):
        await _make_tables(pools.database(module))
    await _write(pools.database("here"), 1)
    assert len(await pools.database("here").fetch(select(notes))) == 1
    assert await pools.database("there").fetch(select(notes)) == []
    assert await pools.database("there").fetch(text("SELECT * FROM notes")) == []


async def test_a_table_that_only_another_module_has_cannot_be_named(database_url: str, open_pools: Opener) -> None:
    pools = await open_pools(database_url, "here", "there")
    await _make_tables(pools.database("here"))
    with pytest.raises(DBAPIError, match="notes"):
        await pools.database("there").fetch(select(notes))
    with pytest.raises(DBAPIError, match="notes"):
        await pools.database("there").fetch(text("SELECT * FROM notes"))


async def test_a_sqlite_module_cannot_open_another_modules_file(tmp_path, open_pools: Opener) -> None:
    pools = await open_pools(f"sqlite:///{tmp_path}/files/", "here", "there")
    await _make_tables(pools.database("here"))
    with pytest.raises(DBAPIError, match="attach"):
        await pools.database("there").fetch(text(f"ATTACH '{tmp_path}/files/here.db' AS other"))


async def test_statements_that_look_alike_in_two_modules_do_not_disturb_each_other(
    postgres_url: str, open_pools: Opener
) -> None:
    pools = await open_pools(postgres_url, "here", "there", section={"pool_size": 1, "max_overflow": 0})
    here, there = pools.database("here"), pools.database("there")
    async with here.transaction() as tx:
        await tx.execute(text("CREATE TABLE things (value INTEGER)"))
        await tx.execute(text("INSERT INTO things VALUES (1)"))
    async with there.transaction() as tx:
        await tx.execute(text("CREATE TABLE things (value TEXT)"))
        await tx.execute(text("INSERT INTO things VALUES ('one')"))
    for _ in range(3):
        assert (await here.fetch(text("SELECT value FROM things")))[0].value == 1
        assert (await there.fetch(text("SELECT value FROM things")))[0].value == "one"
