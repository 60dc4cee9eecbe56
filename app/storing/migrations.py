"""Brings a module's tables to where its code expects them. Alembic is imported only when there is something to do."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..telling.refusals import Refused
from ..telling.refusals.storing import MigrationFailed, RoleNotGranted
from .address import name_in_database
from .pool import Pool
from .revisions import Revision, pending, read_revisions
from .roles import Standing as RoleStanding
from .roles import look, seeing, settle
from .trouble import is_lost, said

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

VERSIONS = "alembic_version"
"""The table, in the module's own schema or file, that holds its current revision."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a module's database is."""

    module: str
    url: str
    """Without the password."""
    current: str | None
    """The revision that the database is at; None before the first."""
    head: str | None
    """The revision that the code expects."""
    pending: tuple[Revision, ...]
    ahead: bool = False
    """The database is at a revision that this code does not know: newer code has been here."""
    unmade: bool = False
    """Something is missing besides: the schema, or the role that should own it."""
    trouble: str = ""
    """Why the database cannot be asked; nothing else is known then."""


async def standing(module: str, pool: Pool, folder: Path | None) -> Standing:
    """Where the module's database stands. Raises Refused(BrokenMigrations), DatabaseUnavailable."""
    if folder is None:
        return Standing(module, pool.address.shown, None, None, ())
    revisions = read_revisions(module, folder)
    async with pool.connection(name_in_database(module), reading=True) as connection:
        current = await _current(connection)
    left = pending(revisions, current)
    head = revisions[-1].name if revisions else None
    return Standing(module, pool.address.shown, current, head, left or (), ahead=left is None)


async def role_standing(module: str, pool: Pool) -> RoleStanding | None:
    """How the module's role stands on the server, which the pool notes where it is in force; None on SQLite.

    Raises DatabaseUnavailable; Refused(RoleNotGranted) where nothing of the module can be seen without it.
    """
    if pool.kind == "sqlite":
        return None
    schema = name_in_database(module)
    async with pool.connection(schema, reading=True) as connection:
        found = await look(connection, schema)
    if not (found.possible or found.may_use):
        raise Refused([RoleNotGranted(module=module, url=pool.address.shown, role=found.role)])
    if found.in_force:
        pool.roles[schema] = found.role
    return found


async def upgrade(module: str, pool: Pool, folder: Path | None) -> None:
    """Make the schema, owned by the module's role, and run the pending migrations; all or nothing, however many
    processes do so at once.

    Raises Refused(MigrationFailed); nothing of any of them has stayed then.
    """
    async with _one_at_a_time():
        engine = pool.migrating()
        try:
            # Another process may hold SQLite's write lock for the whole of a long migration.
            while not await _try_upgrade(engine, module, pool, folder):  # noqa: ASYNC110  # it sets no event here
                await asyncio.sleep(0.05)
        except (Refused, asyncio.CancelledError):
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {said(error, pool.address.where)}"
            raise Refused([MigrationFailed(module=module, url=pool.address.shown, why=why)]) from error
        finally:
            await engine.dispose()


async def _try_upgrade(engine: AsyncEngine, module: str, pool: Pool, folder: Path | None) -> bool:
    name = name_in_database(module)
    role: str | None = None
    started = False
    try:
        async with engine.begin() as connection:
            if pool.kind == "postgresql":
                await connection.exec_driver_sql(
                    "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", (f"pangaea.migrations.{name}",)
                )
                role = await settle(connection, name)
                for statement in seeing(name, role, local=True):
                    await connection.exec_driver_sql(statement)
            else:
                await connection.exec_driver_sql("SELECT 1")  # the transaction begins, with the write lock
            started = True
            if folder is not None:
                await connection.run_sync(_migrate, folder)
            if pool.kind == "sqlite":
                broken = await connection.exec_driver_sql("PRAGMA foreign_key_check")
                for row in broken.mappings():
                    raise ValueError(f"rows of {row['table']} refer to rows of {row['parent']} that are gone")
        if role is not None:
            pool.roles[name] = role
        return True
    except Exception as error:
        if pool.kind == "sqlite" and not started and is_lost(error):
            return False
        raise


def _migrate(connection: Connection, folder: Path) -> None:
    """Alembic without its env.py: the steps that it would have called."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(folder), version_locations=[str(folder)])

    def steps(revision: Any, _: Any) -> Sequence[Any]:
        return script._upgrade_revs("head", revision)  # what Alembic's own `upgrade` command passes

    with EnvironmentContext(Config(), script, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, version_table=VERSIONS)
        with environment.begin_transaction():
            environment.run_migrations()


async def _current(connection: AsyncConnection) -> str | None:
    if connection.dialect.name == "postgresql":
        there = await connection.exec_driver_sql(f"SELECT to_regclass('{VERSIONS}') IS NOT NULL")
    else:
        there = await connection.exec_driver_sql(f"SELECT count(*) FROM sqlite_master WHERE name = '{VERSIONS}'")
    if not there.scalar_one():
        return None
    return (await connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}")).scalar_one_or_none()


_locks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()


def _one_at_a_time() -> asyncio.Lock:
    # Alembic keeps the running migration in a global, so the hosts of one loop take turns.
    return _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
