"""The pools of a process: opening, refusing, closing, losing the server and finding it again."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.pool import QueuePool

from app.config.sections import Database as Section
from app.storing import farewell
from app.storing.pools import Pools
from app.storing.trouble import DatabaseUnavailable
from app.telling.refusals import Refused
from app.telling.refusals.storing import DatabaseUnreachable
from app.telling.steps import DatabaseFound, DatabaseLost, Step, Teller
from tests.postgres import Postgres

from .conftest import Opener


async def test_modules_with_one_url_share_one_pool(postgres_url: str, postgres: Postgres, open_pools: Opener) -> None:
    pools = await open_pools(postgres_url, "here", "there", section={"pool_size": 2, "max_overflow": 0})
    here, there = pools.database("here"), pools.database("there")
    await asyncio.gather(*(module.fetch(text("SELECT 1")) for module in (here, there) * 10))
    name = postgres_url.partition("@/")[2].partition("?")[0]
    busy = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pangaea' AND datname = '{name}'"
    assert postgres.sql(busy) == "2"


async def test_a_module_asks_twice_and_gets_the_same_database(tmp_path: Path) -> None:
    pools = Pools(Section(), tmp_path)
    assert pools.database("cart") is pools.database("cart")
    assert pools.modules == ("cart",)


async def test_pools_open_again_after_they_were_closed(database_url: str, open_pools: Opener) -> None:
    pools = await open_pools(database_url, "cart")
    await pools.close()
    await pools.open()
    assert (await pools.database("cart").fetch(text("SELECT 1")))[0][0] == 1


async def test_files_are_read_by_their_owner_alone(tmp_path: Path, open_pools: Opener) -> None:
    pools = await open_pools(f"sqlite:///{tmp_path}/made/", "cart")
    async with pools.database("cart").transaction() as tx:
        await tx.execute(text("CREATE TABLE lines (id INTEGER)"))
    rights = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "made").glob("cart.db*")}
    assert rights == dict.fromkeys(("cart.db", "cart.db-shm", "cart.db-wal"), 0o600)


async def test_a_database_is_not_used_outside_of_the_hosts_life(tmp_path: Path) -> None:
    database = Pools(Section(), tmp_path).database("cart")
    with pytest.raises(RuntimeError, match="before the host has started"):
        await database.fetch(text("SELECT 1"))


async def test_closing_leaves_no_thread_and_no_connection(
    database_url: str, postgres: Postgres, open_pools: Opener, drivers: Callable[[], list[str]]
) -> None:
    pools = await open_pools(database_url, "cart")
    await asyncio.gather(*(pools.database("cart").fetch(text("SELECT 1")) for _ in range(8)))
    await pools.close()
    assert not drivers()
    if pools.database("cart").dialect == "postgresql":
        name = database_url.partition("@/")[2].partition("?")[0]
        busy = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        while postgres.sql(busy) != "0":  # the server notices a closed connection on its own time
            await asyncio.sleep(0.01)


async def test_a_server_that_nobody_answers_at_is_refused_with_the_fix_and_without_the_password(
    open_pools: Opener,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are turned away
        url = f"postgresql://me:hush@127.0.0.1:{taken.getsockname()[1]}/shop"
        with pytest.raises(Refused) as refused:
            await open_pools(url, "cart", "orders")
    (refusal,) = refused.value.refusals
    assert isinstance(refusal, DatabaseUnreachable)
    said = str(refused.value)
    assert "hush" not in said
    assert f"127.0.0.1:{taken_port(url)}/shop of cart and orders cannot be reached" in said
    assert "database.url (PANGAEA_DATABASE_URL)" in said


def taken_port(url: str) -> str:
    return url.rpartition(":")[2].partition("/")[0]


async def test_a_server_that_never_answers_is_refused_after_the_connect_timeout(open_pools: Opener) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://me:hush@127.0.0.1:{silent.getsockname()[1]}/shop?sslmode=disable"
        with pytest.raises(Refused, match="it does not answer"):
            await open_pools(url, "cart", section={"connect_timeout": 0.2})


async def test_a_database_that_is_not_there_is_refused_in_the_servers_words(
    postgres: Postgres, open_pools: Opener
) -> None:
    with pytest.raises(Refused, match='"nowhere" does not exist'):
        await open_pools(postgres.url("nowhere"), "cart")


async def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path, open_pools: Opener) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"cannot be opened: .*\n.*data\.dir") as refused:
        await open_pools(f"sqlite:///{tmp_path}/file/below/", "cart")
    assert refused.value.refusals[0].kind == "database-unreachable"


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path, open_pools: Opener) -> None:
    (tmp_path / "cart.db").write_text("these are not the pages of a database, " * 100)
    with pytest.raises(Refused, match="file is not a database"):
        await open_pools(f"sqlite:///{tmp_path}/", "cart")


async def test_all_that_cannot_be_reached_is_refused_at_once_and_nothing_stays_open(
    tmp_path: Path, open_pools: Opener, drivers: Callable[[], list[str]]
) -> None:
    for module in ("cart", "orders"):
        (tmp_path / f"{module}.db").write_text("no database " * 100)
    with pytest.raises(Refused) as refused:
        await open_pools(f"sqlite:///{tmp_path}/", "cart", "orders", "fine")
    assert len(refused.value.refusals) == 2
    assert not drivers()


async def test_a_transaction_that_outlives_the_pool_ends_well_and_leaves_nothing_open(
    database_url: str, open_pools: Opener, drivers: Callable[[], list[str]]
) -> None:
    pools = await open_pools(database_url, "cart")
    database = pools.database("cart")
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE notes (id INTEGER)"))
        await pools.close()
    assert not drivers()
    await pools.open()
    assert await database.fetch(text("SELECT * FROM notes")) == []


@pytest.fixture
def drivers() -> Callable[[], list[str]]:
    """The threads of SQLite connections that this test has left open; one that was told to end is given time to."""
    others = set(threading.enumerate())

    def left() -> list[str]:
        threads = [thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name]
        mine = [thread for thread in threads if thread not in others]
        for thread in mine:
            thread.join(timeout=30)
        return [thread.name for thread in mine if thread.is_alive()]

    return left


async def test_a_connection_that_the_server_dropped_is_replaced_before_it_is_used(
    postgres_url: str, postgres: Postgres, open_pools: Opener
) -> None:
    database = (await open_pools(postgres_url, "cart", section={"pool_size": 1, "max_overflow": 0})).database("cart")
    mine = "SELECT pg_backend_pid()"
    before = (await database.fetch(text(mine)))[0][0]
    postgres.sql(f"SELECT pg_terminate_backend({before}, 5000)")
    assert (await database.fetch(text(mine)))[0][0] != before


async def test_a_connection_is_asked_rarely_whether_it_is_there(
    postgres_url: str, open_pools: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings: list[float] = []
    clock = [100.0]
    monkeypatch.setattr(AsyncAdapt_asyncpg_connection, "ping", lambda _: pings.append(clock[0]))
    monkeypatch.setattr(farewell, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    database = (await open_pools(postgres_url, "cart", section={"pool_size": 1, "max_overflow": 0})).database("cart")
    pings.clear()
    for clock[0] in (200.0, 200.1, 201.0, 201.2, 201.5, 300.0):
        await database.fetch(text("SELECT 1"))
    assert pings == [200.0, 201.0, 300.0]


async def test_a_connection_lost_within_a_transaction_is_unavailable_and_told_once(
    postgres_url: str, postgres: Postgres, open_pools: Opener
) -> None:
    told: list[Step] = []
    pools = await open_pools(postgres_url, "cart", tell=Teller(told.append))
    database = pools.database("cart")
    with pytest.raises(DatabaseUnavailable) as unavailable:
        async with database.transaction() as tx:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            postgres.sql(f"SELECT pg_terminate_backend({pid}, 5000)")
            await tx.execute(text("SELECT 1"))
    assert unavailable.value.text == "the database cannot be used right now"
    await database.ping()
    assert [type(step) for step in told] == [DatabaseLost, DatabaseFound]


async def test_a_pool_that_is_used_up_is_unavailable_after_the_timeout(postgres_url: str, open_pools: Opener) -> None:
    pools = await open_pools(postgres_url, "cart", "orders", section={"pool_size": 1, "max_overflow": 0})
    engine = pools.database("cart")._pool._engine
    assert engine is not None
    assert isinstance(engine.pool, QueuePool)
    assert engine.pool.timeout() == Section().connect_timeout
    async with pools.database("cart").transaction():
        engine.pool._timeout = 0.05  # from here on: connecting may have taken longer
        troubles = await pools.troubles()
    engine.pool._timeout = Section().connect_timeout
    assert troubles == dict.fromkeys(("cart", "orders"), "the database cannot be used right now")
    assert await pools.troubles() == {}


def test_asking_for_a_database_imports_no_sqlalchemy() -> None:
    program = """
import sys, pathlib
from app.config.sections import Database
from app.storing.pools import Pools
Pools(Database(), pathlib.Path("data")).database("cart")
sys.exit("sqlalchemy" in sys.modules or "alembic" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert run.returncode == 0
