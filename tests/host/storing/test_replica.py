"""A read replica: who answers a read, what is refused there, and what happens while it is gone; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select, text

from app.storing.database import Database
from app.storing.freshness import FRESH, querying
from app.storing.pools import Pools
from app.telling.refusals import Refused
from app.telling.steps import ReplicaFound, ReplicaLost, Step, Teller
from tests.postgres import Postgres

from .conftest import Opener

words = Table("words", MetaData(), Column("word", String(20)))


@pytest.fixture
def replica_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Another database of the same kind, which stands in for a replica: other rows show who has answered."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/copy/"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create()
    yield url
    postgres.drop(url)


async def _fill(database: Database, word: str) -> None:
    async with database.transaction() as tx:
        await tx.run_sync(words.metadata.create_all)
        await tx.execute(insert(words).values(word=word))


async def _read(database: Database) -> list[str]:
    return [row.word for row in await database.fetch(select(words))]


@pytest.fixture
async def database(database_url: str, replica_url: str, open_pools: Opener) -> Database:
    """The module's, with a primary and a replica that say which they are."""
    await _fill((await open_pools(replica_url, "here")).database("here"), "replica")
    pools = await open_pools(database_url, "here", "there", section={"replica_url": replica_url})
    await _fill(pools.database("here"), "primary")
    return pools.database("here")


async def test_queries_read_the_replica_and_everything_else_the_primary(database: Database) -> None:
    assert await _read(database) == ["primary"]
    with querying():
        assert await _read(database) == ["replica"]
        async with database.transaction() as tx:
            assert (await tx.execute(select(words.c.word))).scalars().all() == ["replica"]
        async with database.session() as session:
            assert (await session.execute(select(words.c.word))).scalars().all() == ["replica"]
    assert await _read(database) == ["primary"]


async def test_what_a_command_waits_for_is_read_from_the_primary(database: Database) -> None:
    with FRESH.set(True), querying():
        assert await _read(database) == ["primary"]


async def test_a_query_that_writes_is_refused_with_the_fix(database: Database) -> None:
    with querying():
        for _ in range(2):
            with pytest.raises(Refused, match=r"a query of here writes.*\n.*@command"):
                async with database.transaction() as tx:
                    await tx.execute(insert(words).values(word="more"))
        with pytest.raises(Refused, match="a query of here writes"):
            await database.fetch(text("INSERT INTO words VALUES ('more') RETURNING word"))
        assert await _read(database) == ["replica"]


async def test_a_transaction_is_no_transaction_inside_another_on_a_replica_either(database: Database) -> None:
    with querying():
        async with database.transaction():
            with pytest.raises(RuntimeError, match="open here already"):
                await database.fetch(select(words))


async def test_tables_that_have_not_arrived_at_the_replica_are_read_from_the_primary(
    database_url: str, replica_url: str, open_pools: Opener
) -> None:
    await open_pools(replica_url, "here")
    pools = await open_pools(database_url, "here", section={"replica_url": replica_url})
    await _fill(pools.database("here"), "primary")
    with querying():
        assert await _read(pools.database("here")) == ["primary"]


async def test_readiness_and_standings_are_the_primarys(database_url: str, tmp_path: Path, open_pools: Opener) -> None:
    gone = "sqlite:////nowhere/" if database_url.startswith("sqlite") else "postgresql://me:hush@127.0.0.1:1/shop"
    told: list[Step] = []
    pools = await open_pools(database_url, "here", section={"replica_url": gone}, tell=Teller(told.append))
    assert await pools.troubles() == {}
    (lost,) = told
    assert isinstance(lost, ReplicaLost)
    assert "hush" not in repr(lost)


async def test_a_lost_replica_is_told_once_and_queries_read_the_primary_until_it_is_back(
    tmp_path: Path, open_pools: Opener
) -> None:
    told: list[Step] = []
    url, copy = f"sqlite:///{tmp_path}/files/", f"sqlite:///{tmp_path}/copy/"
    pools = await open_pools(url, "here", section={"replica_url": copy}, tell=Teller(told.append), pause=0.01)
    database = pools.database("here")
    await _fill(database, "primary")
    with querying():
        assert [await _read(database) for _ in range(3)] == [["primary"]] * 3
        with pytest.raises(Refused, match="a query of here writes"):
            async with database.transaction() as tx:
                await tx.execute(insert(words).values(word="more"))
        await _fill((await open_pools(copy, "here")).database("here"), "replica")
        await _until(lambda: any(isinstance(step, ReplicaFound) for step in told))
        assert await _read(database) == ["replica"]
    assert [type(step) for step in told] == [ReplicaLost, ReplicaFound]
    await _fill(database, "written")


async def test_a_replica_that_breaks_off_is_missed_by_no_query(
    postgres: Postgres, postgres_url: str, open_pools: Opener
) -> None:
    replica = postgres.create()
    await _fill((await _once(open_pools, replica)).database("here"), "replica")
    told: list[Step] = []
    section = {"replica_url": replica, "pool_size": 1}
    pools = await open_pools(postgres_url, "here", section=section, tell=Teller(told.append), pause=0.01)
    database = pools.database("here")
    await _fill(database, "primary")
    name = replica.partition("@/")[2].partition("?")[0]
    with querying():
        assert await _read(database) == ["replica"]
        postgres.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
        assert await _read(database) == ["primary"]
        async with database.transaction() as tx:
            assert (await tx.execute(select(words.c.word))).scalars().all() == ["primary"]
        postgres.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await _until(lambda: len(told) > 1)
        assert await _read(database) == ["replica"]
    assert [type(step) for step in told] == [ReplicaLost, ReplicaFound]
    await pools.close()
    postgres.drop(replica)


async def test_closing_ends_the_search_for_a_lost_replica(database_url: str, open_pools: Opener) -> None:
    gone = "sqlite:////nowhere/" if database_url.startswith("sqlite") else "postgresql://me@127.0.0.1:1/shop"
    pools = await open_pools(database_url, "here", section={"replica_url": gone})
    await pools.close()
    assert [task for task in asyncio.all_tasks() if "replica" in task.get_name()] == []


async def _once(open_pools: Opener, url: str) -> Pools:
    return await open_pools(url, "here")


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)
