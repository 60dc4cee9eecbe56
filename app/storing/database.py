"""The Database that a module is given: its own tables, in explicit short transactions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from .. import ambient
from ..telling.refusals import Refused
from .address import name_in_database
from .freshness import may_lag
from .pool import Pool
from .replica import Replica
from .trouble import DatabaseUnavailable

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

    Tables are named without a schema, and a statement that names one is refused. Statements are SQLAlchemy's.
    Everything raises DatabaseUnavailable while the database cannot be used. Where there is a read replica, what query
    methods read comes from there, unless a command waits for it, and they write nothing: Refused(QueryWrites).
    """

    def __init__(self, module: str, pool: Pool, replica: Replica | None = None) -> None:
        self.module = module
        self._pool = pool
        self._replica = replica
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
        if self._replica is not None and may_lag():
            async with self._looking(self._replica) as connection:
                with ambient.held(OPEN):
                    yield connection
            return
        async with self._pool.transaction(self._schema) as connection:
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
        if self._replica is not None and may_lag():
            return await self._fetch_aside(self._replica, statement, values)
        return await self._pool.fetch(self._schema, statement, values)

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

        await self._pool.fetch(self._schema, text("SELECT 1"), None)

    async def _fetch_aside(
        self, replica: Replica, statement: Executable, values: Mapping[str, Any] | None
    ) -> Sequence[Row[Any]]:
        if replica.usable:
            try:
                async with replica.connection(self._schema, reading=True) as connection:
                    return (await connection.execute(statement, values)).all()
            except Refused:
                raise
            except Exception:  # lost, behind by a table, or in conflict with what it is catching up on: ask who knows
                pass
        async with self._pool.connection(self._schema, reading=True, guarded=True) as connection:
            return (await connection.execute(statement, values)).all()

    @asynccontextmanager
    async def _looking(self, replica: Replica) -> AsyncGenerator[AsyncConnection]:
        """A transaction that only reads: the replica's, or the primary's where the replica is lost."""
        async with AsyncExitStack() as stack:
            connection: AsyncConnection | None = None
            if replica.usable:
                with suppress(DatabaseUnavailable):
                    connection = await stack.enter_async_context(replica.connection(self._schema))
            if connection is None:
                connection = await stack.enter_async_context(self._pool.connection(self._schema, guarded=True))
            await stack.enter_async_context(connection.begin())
            yield connection

    def _refuse_nesting(self) -> None:
        scope = ambient.current()
        if scope is not None and scope.held == OPEN:
            raise NestedTransaction("a transaction is open here already: pass its connection along instead")
