"""A module cannot touch another's tables: by name it is refused, by SQL the database refuses it; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.storing.database import Database
from app.telling.refusals import Refused
from app.telling.steps import RightsShared, Step, Teller
from tests.postgres import Postgres

from .conftest import Opener

notes = Table("notes", MetaData(), Column("id", Integer, primary_key=True))
MIGRATION = """
from alembic import op
revision = "0001"
down_revision = None

def upgrade():
    op.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    {more}
"""


async def _keep_one(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run_sync(notes.metadata.create_all)
        await tx.execute(insert(notes).values(id=1))


async def test_a_statement_that_names_a_schema_is_refused_before_it_is_sent(
    database_url: str, open_pools: Opener
) -> None:
    pools = await open_pools(database_url, "here", "there")
    await _keep_one(pools.database("here"))
    theirs = Table("notes", MetaData(), Column("id", Integer), schema="here")
    database = pools.database("there")
    with pytest.raises(Refused, match=r"names tables of the schema `here`, .*\n.*leave out `schema=`"):
        await database.fetch(select(theirs))
    with pytest.raises(Refused, match="`here`"):
        async with database.session() as session:
            await session.execute(insert(theirs).values(id=2))
    with pytest.raises(Refused, match="`here`"):
        async with database.transaction() as tx:
            await tx.run_sync(Table("more", MetaData(), Column("id", Integer), schema="here").metadata.create_all)
    with pytest.raises(Refused, match="schema"):
        async with database.transaction() as tx:
            await tx.execution_options(schema_translate_map={None: "here"})
            await tx.execute(select(notes))


async def test_plain_sql_that_names_another_modules_tables_is_an_error(database_url: str, open_pools: Opener) -> None:
    pools = await open_pools(database_url, "here", "there")
    await _keep_one(pools.database("here"))
    database = pools.database("there")
    words = "permission denied for schema here" if database.dialect == "postgresql" else "no such table"
    with pytest.raises(DBAPIError, match=words):
        await database.fetch(text("SELECT * FROM here.notes"))
    for statement in ("DELETE FROM here.notes", "DROP TABLE here.notes", "CREATE TABLE here.more (id INTEGER)"):
        with pytest.raises(DBAPIError):
            async with database.transaction() as tx:
                await tx.execute(text(statement))
    assert [row.id for row in await pools.database("here").fetch(select(notes))] == [1]


async def test_modules_that_share_a_connection_keep_their_own_rights(postgres_url: str, open_pools: Opener) -> None:
    pools = await open_pools(postgres_url, "here", "there", section={"pool_size": 1, "max_overflow": 0})
    for _ in range(3):
        for module in ("here", "there"):
            (row,) = await pools.database(module).fetch(text("SELECT current_user AS me, current_schema() AS seen"))
            assert (row.me.partition(".")[2], row.seen) == (module, module)


@pytest.mark.parametrize(
    "reset", ["RESET ROLE", " reset all", "SET search_path TO there", "SELECT set_config('role', 'none', false)"]
)
async def test_whatever_was_reset_on_a_connection_the_next_one_gets_it_in_order(
    reset: str, postgres_url: str, open_pools: Opener
) -> None:
    pools = await open_pools(postgres_url, "here", "there", section={"pool_size": 1, "max_overflow": 0})
    here = pools.database("here")
    await _keep_one(here)
    await here.fetch(text(reset)) if reset.startswith("SELECT") else await _do(here, reset)
    (row,) = await here.fetch(text("SELECT current_user AS me, current_schema() AS seen"))
    assert (row.me.partition(".")[2], row.seen) == ("here", "here")


async def _do(database: Database, statement: str) -> None:
    async with database._pool.connection("here", reading=True) as connection:
        await connection.execute(text(statement))


async def test_migrations_run_with_the_modules_rights_too(
    database_url: str, open_pools: Opener, tmp_path: Path
) -> None:
    pools = await open_pools(database_url, "here")
    await _keep_one(pools.database("here"))
    more = 'op.execute("DELETE FROM here.notes")'
    (tmp_path / "0001.py").write_text(MIGRATION.format(more=more))
    with pytest.raises(Refused, match=r"permission denied|no such table"):
        await open_pools(database_url, "there", migrations=lambda _: tmp_path)
    more = 'op.create_table("more", __import__("sqlalchemy").Column("id"), schema="here")'
    (tmp_path / "0001.py").write_text(MIGRATION.format(more=more))
    with pytest.raises(Refused, match="names tables of the schema `here`"):
        await open_pools(database_url, "there", migrations=lambda _: tmp_path)


async def test_a_sqlite_migration_cannot_open_another_modules_file(tmp_path: Path, open_pools: Opener) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.py").write_text(MIGRATION.format(more="""op.execute("ATTACH 'other.db' AS other")"""))
    with pytest.raises(Refused, match="attach"):
        await open_pools(f"sqlite:///{tmp_path}/files/", "here", migrations=lambda _: folder)


# --- users of the server ---------------------------------------------------------------------------------------------


@pytest.fixture
def user(postgres: Postgres, postgres_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The database's URL as a user with some rights of its own, who may make schemas there; dropped afterwards."""
    rights: str = request.param
    name = "plain" if not rights else rights.lower()
    database = postgres_url.partition("@/")[2].partition("?")[0]
    postgres.sql(f"CREATE USER {name} {rights}")
    postgres.sql(f"GRANT CREATE ON DATABASE {database} TO {name}")
    yield postgres_url.replace("//postgres@", f"//{quote(name)}@")
    postgres.drop(postgres_url)
    postgres.sql(f"DROP OWNED BY {name}")
    postgres.sql(f"DROP USER {name}")


@pytest.mark.parametrize("user", ["CREATEROLE"], indirect=True)
async def test_a_user_who_may_make_roles_is_enough(user: str, open_pools: Opener, tmp_path: Path) -> None:
    (tmp_path / "0001.py").write_text(MIGRATION.format(more="pass"))
    told: list[Step] = []
    for _ in range(2):
        pools = await open_pools(user, "here", "there", migrations=lambda _: tmp_path, tell=Teller(told.append))
        with pytest.raises(DBAPIError, match="permission denied for schema here"):
            await pools.database("there").fetch(text("SELECT * FROM here.notes"))
    assert not [step for step in told if isinstance(step, RightsShared)]


@pytest.mark.parametrize("user", [""], indirect=True)
async def test_a_user_who_may_not_works_as_before_and_says_so_once(
    user: str, open_pools: Opener, tmp_path: Path
) -> None:
    (tmp_path / "0001.py").write_text(MIGRATION.format(more="pass"))
    for _ in range(2):
        told: list[Step] = []
        pools = await open_pools(user, "here", "there", migrations=lambda _: tmp_path, tell=Teller(told.append))
        assert [step.modules for step in told if isinstance(step, RightsShared)] == [("here", "there")]
        assert await pools.database("here").fetch(select(notes)) == []
        with pytest.raises(Refused, match="`here`"):
            await pools.database("there").fetch(select(Table("notes", MetaData(), Column("id"), schema="here")))


@pytest.mark.parametrize("user", [""], indirect=True)
async def test_what_an_earlier_version_made_is_taken_over(
    user: str, postgres: Postgres, postgres_url: str, open_pools: Opener, tmp_path: Path
) -> None:
    (tmp_path / "0001.py").write_text(MIGRATION.format(more="""
    op.execute("CREATE TABLE serials (id SERIAL PRIMARY KEY, at INT GENERATED ALWAYS AS IDENTITY)")
    op.execute("CREATE TABLE parts (id INT) PARTITION BY RANGE (id)")
    op.execute("CREATE TABLE part PARTITION OF parts FOR VALUES FROM (1) TO (9)")
    op.execute("CREATE SEQUENCE numbers")
    op.execute("CREATE VIEW seen AS SELECT * FROM notes")
    op.execute("CREATE TYPE mood AS ENUM ('good')")
    op.execute("CREATE DOMAIN small AS INT CHECK (VALUE < 9)")
    op.execute("CREATE FUNCTION one() RETURNS INT LANGUAGE SQL AS 'SELECT 1'")
"""))  # fmt: skip
    await open_pools(user, "here", migrations=lambda _: tmp_path)
    pools = await open_pools(postgres_url, "here", "there", migrations=lambda m: tmp_path if m == "here" else None)
    database = postgres_url.partition("@/")[2].partition("?")[0]
    left = """
        SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = relowner
        WHERE nspname = 'here' AND rolname = 'plain'
    """
    assert postgres.sql(left, database) == "0"
    with pytest.raises(DBAPIError, match="permission denied for schema here"):
        await pools.database("there").fetch(text("SELECT * FROM here.notes"))
    async with pools.database("here").transaction() as tx:
        await tx.execute(text("DROP TABLE serials"))
        await tx.execute(text("SELECT one(), nextval('numbers')"))


@pytest.mark.parametrize("user", [""], indirect=True)
async def test_a_plain_user_may_be_granted_the_roles_that_another_made(
    user: str, postgres: Postgres, postgres_url: str, open_pools: Opener
) -> None:
    await _keep_one((await open_pools(postgres_url, "here")).database("here"))
    database = postgres_url.partition("@/")[2].partition("?")[0]
    postgres.sql(f'GRANT "{database}.here" TO plain')
    told: list[Step] = []
    pools = await open_pools(user, "here", tell=Teller(told.append))
    assert len(await pools.database("here").fetch(select(notes))) == 1
    assert told == []


@pytest.mark.parametrize("user", [""], indirect=True)
async def test_a_plain_user_without_them_is_refused_with_the_statement_that_helps(
    user: str, postgres_url: str, open_pools: Opener
) -> None:
    await open_pools(postgres_url, "here")
    with pytest.raises(Refused, match=r'what here keeps in .*\n.*`GRANT "test_\d+\.here" TO`'):
        await open_pools(user, "here")


async def test_names_that_are_too_long_for_the_server_stay_apart(postgres_url: str, open_pools: Opener) -> None:
    long = "m" * 60
    pools = await open_pools(postgres_url, f"{long}a", f"{long}b")
    rows = [(await pools.database(f"{long}{end}").fetch(text("SELECT current_user")))[0][0] for end in "ab"]
    assert len(set(rows)) == 2
    assert all(len(row) <= 63 for row in rows)
