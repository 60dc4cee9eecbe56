"""The Database that a module is given: its own tables, in explicit short transactions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from .. import ambient
from .address import name_in_database
from .pool import Pool

if TYPE_CHECKING:
    from sqlalchemy import Executable, Row, TableClause
    from sqlalchemy.dialects.sqlite import Insert
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

OPEN = "a transaction is open"
"""Why no contract call may leave now."""


class NestedTransaction(RuntimeError):
    """A transaction was asked for inside another one; it would wait for a second connection, and maybe for itself."""


class Database:
    """A module's own schema (PostgreSQL) or file (SQLite). Inject it: the host makes one for each module.

    Tables are named without a schema; what other modules keep does not answer to any such name. Statements are
    SQLAlchemy's. Everything raises DatabaseUnavailable while the database cannot be used.
    """

    def __init__(self, module: str, pool: Pool) -> None:
        self.module = module
        self._pool = pool
        self._schema = name_in_database(module)

    @property
    def dialect(self) -> str:
        """`postgresql` or `sqlite`."""
        return self._pool.kind

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """`async with db.transaction() as tx: await tx.execute(…)`: committed at the end, rolled back on any error.

        Keep it short. Contract calls are refused inside, and so is another transaction (NestedTransaction).
        """
        self._refuse_nesting()
        async with self._pool.turn(), self._pool.connection(self._schema) as connection, connection.begin():
            with ambient.held(OPEN):
                yield connection

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[AsyncSession]:
        """A transaction with SQLAlchemy's object mapping: flushed and committed at the end; objects stay readable."""
        from sqlalchemy.ext.asyncio import AsyncSession

        async with self.transaction() as connection, AsyncSession(connection, expire_on_commit=False) as session:
            yield session
            await session.flush()

    async def fetch(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows of one reading statement, outside of any transaction; the connection is free again on return.

        Raises TypeError for a statement that writes, and NestedTransaction inside a transaction: use that one.
        """
        if getattr(statement, "is_dml", False):
            raise TypeError("fetch only reads; write inside `async with database.transaction() as tx`")
        self._refuse_nesting()
        async with self._pool.connection(self._schema, reading=True) as connection:
            return (await connection.execute(statement, values)).all()

    def insert(self, table: TableClause) -> Insert:
        """An INSERT that can say what happens when the row is there: `on_conflict_do_update`, on either database."""
        if self._pool.kind == "sqlite":
            from sqlalchemy.dialects.sqlite import insert

            return insert(table)
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        return insert_postgresql(table)  # type: ignore[return-value]  # the two say conflicts alike

    async def ping(self) -> None:
        """Raises DatabaseUnavailable where the database does not answer."""
        from sqlalchemy import text

        async with self._pool.connection(self._schema, reading=True) as connection:
            await connection.execute(text("SELECT 1"))

    def _refuse_nesting(self) -> None:
        scope = ambient.current()
        if scope is not None and scope.held == OPEN:
            raise NestedTransaction("a transaction is open here already: pass its connection along instead")
