"""One pool of connections: to a PostgreSQL server, or to one SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Literal

from ..telling.refusals import Refused
from ..telling.refusals.storing import DatabaseUnreachable, QueryWrites
from ..telling.steps import DatabaseFound, DatabaseLost, ReplicaFound, ReplicaLost, Teller
from .address import Address
from .roles import owner
from .trouble import DatabaseUnavailable, is_lost, is_read_only, said
from .ways import connect_once, prepare
from .ways import guarded as read_only

if TYPE_CHECKING:
    from sqlalchemy import Connection, Executable, RootTransaction, Row
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Pool:
    """Opens on `open`, which can follow a `close`. size, overflow: connections; timeout: seconds to get one.

    replica: nothing can be written, and its going and coming back are told as a replica's.
    """

    def __init__(
        self,
        address: Address,
        *,
        size: int,
        overflow: int,
        timeout: float,
        tell: Teller | None = None,
        replica: bool = False,
    ) -> None:
        self.address = address
        self.modules: list[str] = []
        """Those that share it."""
        self.roles: dict[str, str | None] = {}
        """Schema -> the role under which its module works, where it has one of its own."""
        self._replica = replica
        self._size, self._overflow, self._timeout = size, overflow, timeout
        self._tell = tell or Teller()
        self._down = False
        self._engine: AsyncEngine | None = None
        self._writer: asyncio.Lock | None = None

    @property
    def kind(self) -> Literal["postgresql", "sqlite"]:
        return self.address.kind

    async def open(self) -> None:
        """Connect once. Raises Refused(DatabaseUnreachable) within the timeout; nothing stays open then."""
        if self._engine is not None:
            return
        from .engines import make_engine, try_file

        engine = make_engine(
            self.address, size=self._size, overflow=self._overflow, timeout=self._timeout, replica=self._replica
        )
        try:
            if self.kind == "sqlite":  # tried in a plain way first: a driver that fails to open takes time to end
                await asyncio.to_thread(try_file, self.address, make=not self._replica)
            else:
                async with asyncio.timeout(self._timeout):
                    await connect_once(engine)
        except BaseException as error:
            await engine.dispose()
            if not isinstance(error, Exception):
                raise
            raise self.unreachable(error) from error
        self._engine = engine
        self._found()
        self._writer = asyncio.Lock()

    async def close(self) -> None:
        """Close every connection; one that is in use is closed when it comes back."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()

    def migrating(self) -> AsyncEngine:
        """Another engine for the same database, to change tables with. Dispose of it."""
        from .engines import make_engine

        return make_engine(self.address, size=1, overflow=0, timeout=self._timeout, migrating=True)

    def unreachable(self, error: BaseException) -> Refused:
        """The refusal for an error that kept us from connecting."""
        why = said(error, self.address.where)
        return Refused([DatabaseUnreachable(url=self.address.shown, why=why, modules=tuple(self.modules),
                                            file=self.kind == "sqlite")])  # fmt: skip

    @property
    def usable(self) -> bool:
        """Whether it is open, and answered when it was asked last."""
        return self._engine is not None and not self._down

    @asynccontextmanager
    async def connection(
        self, schema: str, *, reading: bool = False, guarded: bool = False
    ) -> AsyncGenerator[AsyncConnection]:
        """A connection from the pool that sees the schema's tables; it goes back without waiting for anything.

        reading: each statement stands for itself. guarded: nothing can be written. Raises DatabaseUnavailable, also for
        what happens on the connection when that means that the database is lost; Refused(QueryWrites).
        """
        alone = reading and not (guarded and self.kind == "postgresql")
        async with (
            self._lent(schema, alone=alone, guarded=guarded) as connection,
            read_only(connection, self.kind) if guarded else nullcontext(),
        ):
            yield connection

    @asynccontextmanager
    async def transaction(self, schema: str) -> AsyncGenerator[AsyncConnection]:
        """A connection in a transaction, which is committed at the end, or rolled back. Raises as `connection`."""
        async with self._turn() as over, self._lent(schema, over=over) as connection:
            yield connection

    async def fetch(self, schema: str, statement: Executable, values: Mapping[str, Any] | None) -> Sequence[Row[Any]]:
        """All rows of a statement that stands for itself. Raises as `connection`."""
        from sqlalchemy.util import greenlet_spawn

        engine = self._opened()

        def work() -> Sequence[Row[Any]]:
            connection, _ = self._lend(engine, schema, alone=True)
            try:
                return connection.execute(statement, values).all()
            finally:
                self._take_back(engine, connection)

        with self._telling(schema):
            return await greenlet_spawn(work)

    @asynccontextmanager
    async def _lent(
        self, schema: str, *, alone: bool = False, guarded: bool = False, over: Callable[[], None] | None = None
    ) -> AsyncGenerator[AsyncConnection]:
        """over: there is a transaction, and what is called after its commit."""
        from sqlalchemy.util import greenlet_spawn

        from .without_orm import AsyncConnection

        engine = self._opened()
        with self._telling(schema, guarded=guarded):
            lent, transaction = await greenlet_spawn(self._lend, engine, schema, alone=alone, begin=over is not None)
            connection = AsyncConnection(engine, lent)

            def end() -> None:
                if transaction is not None and over is not None:
                    transaction.__exit__(None, None, None)
                    over()
                self._take_back(engine, lent)

            try:
                yield connection
                await greenlet_spawn(end)
            except BaseException:
                if self._engine is not engine and not lent.closed and not lent.invalidated:
                    await connection.invalidate()
                await connection.__aexit__(None, None, None)  # to its end, whatever else is cancelled meanwhile
                raise

    def _opened(self) -> AsyncEngine:
        if self._engine is None:
            raise RuntimeError("the database is used before the host has started or after it has stopped")
        return self._engine

    def _lend(
        self, engine: AsyncEngine, schema: str, *, alone: bool, begin: bool = False
    ) -> tuple[Connection, RootTransaction | None]:
        """All of it in one go: each word that is said to SQLAlchemy by itself is a greenlet, which costs more."""
        try:
            connection = engine.sync_engine.connect()
        except Exception as error:
            raise self.lost(error) from error
        try:
            prepare(connection, schema, self._role(connection, schema), alone=alone)
            self._found()
            transaction = connection.begin() if begin else None
            return connection, transaction.__enter__() if transaction is not None else None
        except BaseException:
            connection.close()
            raise

    def _take_back(self, engine: AsyncEngine, connection: Connection) -> None:
        if self._engine is not engine and not connection.invalidated:
            connection.invalidate()  # one that comes back after `close` has no pool to wait in
        connection.close()

    @contextmanager
    def _telling(self, schema: str, *, guarded: bool = False) -> Generator[None]:
        """What goes wrong inside, as callers are told it."""
        try:
            yield
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if (self._replica or guarded) and is_read_only(error):
                raise Refused([QueryWrites(module=schema)]) from error
            if not is_lost(error):
                raise
            raise self.lost(error) from error

    def lost(self, error: BaseException | str) -> DatabaseUnavailable:
        """Why is told here, once, and nowhere else: callers learn only that it is so."""
        if not self._down:
            self._down = True
            why = error if isinstance(error, str) else said(error, self.address.where)
            self._tell((ReplicaLost if self._replica else DatabaseLost)(url=self.address.shown, why=why))
        return DatabaseUnavailable()

    def _found(self) -> None:
        if self._down:
            self._down = False
            self._tell((ReplicaFound if self._replica else DatabaseFound)(url=self.address.shown))

    def _role(self, connection: Connection, schema: str) -> str | None:
        """The role under which the schema's module works; a replica has them as the primary has arranged it, later."""
        if self._replica and self.kind == "postgresql" and schema not in self.roles:
            arrived, role = owner(connection, schema)
            if arrived:
                self.roles[schema] = role
            connection.rollback()
            return role
        return self.roles.get(schema)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[Callable[[], None]]:
        """SQLite has one writer at a time: within a process they queue here, which is fair and costs no polling.

        Yields what ends the turn sooner than the block: who is next need not wait for a connection to go back.
        """
        writer = self._writer
        if self.kind == "postgresql" or writer is None:
            yield _nothing
            return
        await writer.acquire()
        mine = True

        def over() -> None:
            nonlocal mine
            if mine:
                mine = False
                writer.release()

        try:
            yield over
        finally:
            over()


def _nothing() -> None:
    """PostgreSQL has as many writers as come."""
