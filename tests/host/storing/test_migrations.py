"""Migrations: applied at start, safe among many processes, all or nothing, cheap when there is nothing to do."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.storing.database import Database
from app.storing.revisions import migrations_of, read_revisions
from app.storing.surveying import survey
from app.telling.refusals import Refused
from app.telling.steps import Migrated, MigrationsAhead, Step, Teller

from .conftest import Opener

Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """`write("0001", "CREATE …", after=None)`: writes a migration into the folder of them."""
    folder = tmp_path / "migrations"
    folder.mkdir()

    def written(name: str, *statements: str, after: str | None = None) -> Path:
        steps = "".join(f"    op.execute({statement!r})\n" for statement in statements) or "    pass\n"
        head = f'"""Does {name}."""\nfrom alembic import op\nrevision = {name!r}\ndown_revision = {after!r}\n'
        (folder / f"{name}_step.py").write_text(f"{head}\ndef upgrade():\n{steps}\ndef downgrade():\n    pass\n")
        return folder

    return written


async def _columns(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return list((await tx.execute(text("SELECT * FROM notes"))).keys())


async def test_pending_migrations_are_applied_in_order_on_opening(
    database_url: str, write: Writer, open_pools: Opener
) -> None:
    write("0002", "ALTER TABLE notes ADD COLUMN words TEXT", after="0001")
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    told: list[Step] = []
    pools = await open_pools(database_url, "notes", migrations=lambda _: folder, tell=Teller(told.append))
    assert await _columns(pools.database("notes")) == ["id", "words"]
    (step,) = told
    assert isinstance(step, Migrated)
    assert (step.module, step.before, step.after) == ("notes", "", "0002")


async def test_only_what_is_new_is_applied_the_next_time(database_url: str, write: Writer, open_pools: Opener) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    pools = await open_pools(database_url, "notes", migrations=lambda _: folder)
    write("0002", "ALTER TABLE notes ADD COLUMN words TEXT", after="0001")
    (before,) = await survey(pools)
    assert (before.current, before.head, [r.name for r in before.pending]) == ("0001", "0002", ["0002"])
    await pools.close()
    await pools.open()
    assert await _columns(pools.database("notes")) == ["id", "words"]
    (after,) = await survey(pools)
    assert (after.current, after.pending) == ("0002", ())


async def test_each_module_has_its_own_versions(database_url: str, write: Writer, open_pools: Opener) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    pools = await open_pools(
        database_url, "here", "there", "bare", migrations=lambda m: None if m == "bare" else folder
    )
    assert [(s.module, s.current) for s in await survey(pools)] == [
        ("here", "0001"), ("there", "0001"), ("bare", None),
    ]  # fmt: skip


async def test_a_failing_migration_leaves_nothing_of_any(database_url: str, write: Writer, open_pools: Opener) -> None:
    write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    folder = write("0002", "CREATE TABLE more (id INTEGER)", "INSERT INTO nowhere VALUES (1)", after="0001")
    with pytest.raises(Refused, match=r"the migrations of notes failed on .* and were rolled back: .*nowhere"):
        await open_pools(database_url, "notes", migrations=lambda _: folder)
    pools = await open_pools(database_url, "notes")
    with pytest.raises(DBAPIError, match="notes"):
        await pools.database("notes").fetch(text("SELECT * FROM notes"))


async def test_a_database_in_use_is_not_changed_where_nobody_allowed_it(
    database_url: str, write: Writer, open_pools: Opener
) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    await open_pools(database_url, "notes", migrations=lambda _: folder, migrate=False)  # a new one is
    write("0002", "ALTER TABLE notes ADD COLUMN words TEXT", after="0001")
    with pytest.raises(
        Refused, match=r"notes needs migrations that .* has not seen: 0002\.\n   fix: .*`pangaea db upgrade notes`"
    ):
        await open_pools(database_url, "notes", migrations=lambda _: folder, migrate=False)


async def test_not_even_a_new_database_is_changed_where_it_is_forbidden(
    database_url: str, write: Writer, open_pools: Opener
) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    with pytest.raises(Refused, match="has not seen: 0001"):
        await open_pools(
            database_url, "notes", migrations=lambda _: folder, migrate=False, section={"migrate": "never"}
        )


async def test_older_code_starts_beside_newer_tables_and_says_so(
    database_url: str, write: Writer, open_pools: Opener
) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    newer = write("0002", after="0001") / "0002_step.py"
    pools = await open_pools(database_url, "notes", migrations=lambda _: folder)
    await pools.close()
    newer.unlink()
    told: list[Step] = []
    await open_pools(database_url, "notes", migrations=lambda _: folder, tell=Teller(told.append))
    assert told == [MigrationsAhead(module="notes", current="0002", head="0001")]


async def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(
    tmp_path: Path, write: Writer, open_pools: Opener
) -> None:
    write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)", "INSERT INTO notes VALUES (1)",
          "CREATE TABLE marks (note INTEGER REFERENCES notes (id) ON DELETE CASCADE)",
          "INSERT INTO marks VALUES (1)")  # fmt: skip
    folder = write("0002", "CREATE TABLE made (id INTEGER PRIMARY KEY, words TEXT)",
                   "INSERT INTO made (id) SELECT id FROM notes", "DROP TABLE notes",
                   "ALTER TABLE made RENAME TO notes", after="0001")  # fmt: skip
    database = (await open_pools(f"sqlite:///{tmp_path}/files/", "notes", migrations=lambda _: folder)).database(
        "notes"
    )
    assert len(await database.fetch(text("SELECT * FROM marks"))) == 1


async def test_a_migration_that_orphans_rows_is_rolled_back(tmp_path: Path, write: Writer, open_pools: Opener) -> None:
    write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)", "INSERT INTO notes VALUES (1)",
          "CREATE TABLE marks (note INTEGER REFERENCES notes (id))", "INSERT INTO marks VALUES (1)")  # fmt: skip
    folder = write("0002", "DELETE FROM notes", after="0001")
    with pytest.raises(Refused, match="rows of marks refer to rows of notes that are gone"):
        await open_pools(f"sqlite:///{tmp_path}/files/", "notes", migrations=lambda _: folder)


async def test_hosts_that_open_at_once_migrate_once(database_url: str, write: Writer, open_pools: Opener) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)", "INSERT INTO notes VALUES (1)")
    pools = await asyncio.gather(*(open_pools(database_url, "notes", migrations=lambda _: folder) for _ in range(4)))
    assert len(await pools[0].database("notes").fetch(text("SELECT * FROM notes"))) == 1


_PROGRAM = """
import asyncio, pathlib, sys
from app.config.sections import Database
from app.storing.pools import Pools

async def main(url, folder):
    pools = Pools(Database(url=url, connect_timeout=30), pathlib.Path("unused"), migrations=lambda _: pathlib.Path(folder))
    pools.database("notes")
    await pools.open()
    await pools.close()
    print("alembic" in sys.modules)

asyncio.run(main(*sys.argv[1:]))
"""


def test_processes_that_start_at_once_migrate_once_and_need_no_alembic_afterwards(
    database_url: str, write: Writer
) -> None:
    folder = write("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY)", "INSERT INTO notes VALUES (1)")
    command = [sys.executable, "-c", _PROGRAM, database_url, str(folder)]
    environment = {**os.environ, "PYTHONPATH": "."}
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("revisions", "words"),
    [
        ([("0001", None), ("0002", None)], "fork: both '0001' and '0002' are the first"),
        ([("0001", None), ("0002", "0001"), ("0003", "0001")], "fork: both '0002' and '0003' follow '0001'"),
        ([("0001", None), ("0003", "0002")], "miss '0002', which '0003' follows"),
        ([("0001", "0002"), ("0002", "0001")], "never reach '0001'"),
    ],
)
def test_migrations_that_are_no_line_are_refused(
    revisions: list[tuple[str, str | None]], words: str, write: Writer, tmp_path: Path
) -> None:
    for name, after in revisions:
        write(name, after=after)
    with pytest.raises(Refused, match=words):
        read_revisions("notes", tmp_path / "migrations")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("revision = '0001'\n", "does not say what it follows"),
        ("down_revision = None\n", "does not say what it follows"),
        ("revision = (\n", "cannot be read"),
        (f"revision = {'x' * 33!r}\ndown_revision = None\n", "longer than 32 characters"),
    ],
)
def test_a_file_that_is_no_migration_is_refused_by_name(source: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(source)
    with pytest.raises(Refused, match=words) as refused:
        read_revisions("notes", tmp_path)
    assert "wrong.py" in str(refused.value)


def test_two_files_of_one_revision_are_refused(tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / f"{n}.py").write_text(f"revision = '0001'\ndown_revision = {None if n == 1 else '0001'!r}\n")
    with pytest.raises(Refused, match="say '0001' twice"):
        read_revisions("notes", tmp_path)


def test_a_modules_migrations_are_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "modules.cart", raising=False)  # others may have it, and go on with theirs
    folder = migrations_of("cart")
    assert folder is not None
    assert [revision.doc for revision in read_revisions("cart", folder)] == ["Carts and their lines."]
    assert "modules.cart" not in sys.modules
    assert migrations_of("catalog") is None
    assert migrations_of("nowhere") is None
