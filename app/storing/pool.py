"""One pool of connections: to a PostgreSQL server, or to one SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Literal

from ..telling.refusals import Refused
from ..telling.refusals.storing import DatabaseUnreachable, QueryWrites
from ..telling.steps import DatabaseFound, DatabaseLost, ReplicaFound, ReplicaLost, Teller
from .address import Address
from .roles import owner, seeing
from .trouble import DatabaseUnavailable, is_lost, is_read_only, said
from .ways import connect_once, stand_alone
from .ways import guarded as read_only

if TYPE_CHECKING:
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
        engine = self._engine
        if engine is None:
            raise RuntimeError("the database is used before the host has started or after it has stopped")
        try:
            try:
                connection = await engine.connect()
            except Exception as error:
                raise self.lost(error) from error
            well = False
            try:
                if self.kind == "postgresql":
                    await self._see(connection, schema)
                async with read_only(connection, self.kind) if guarded else nullcontext():
                    if reading and not (guarded and self.kind == "postgresql"):
                        await stand_alone(connection, self.kind)
                    self._found()
                    yield connection
                well = True
            finally:
                await self._give_back(engine, connection, well)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if (self._replica or guarded) and is_read_only(error):
                raise Refused([QueryWrites(module=schema)]) from error
            if not is_lost(error):
                raise
            raise self.lost(error) from error

    async def _give_back(self, engine: AsyncEngine, connection: AsyncConnection, well: bool) -> None:
        if self._engine is not engine and not connection.invalidated:
            await connection.invalidate()  # one that comes back after `close` has no pool to wait in
        if well:
            await connection.close()  # there is nothing to roll back, so nothing that could be interrupted
        else:
            await connection.__aexit__(None, None, None)  # to its end, whatever is cancelled meanwhile

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

    async def _see(self, connection: AsyncConnection, schema: str) -> None:
        """From here on unqualified names mean the schema's tables, and its role's rights count. Remembered by the
        connection, so mostly free."""
        from .engines import SCHEMA, SEEN

        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        role = self.roles.get(schema)
        if role is None and self._replica and schema not in self.roles:
            # As the primary has arranged it, once that has arrived here.
            arrived, role = await owner(connection, schema)
            if arrived:
                self.roles[schema] = role
            await connection.rollback()
        wanted = schema, role
        if raw.info.get(SEEN) != wanted:
            raw.info[SEEN] = None  # whatever happens now, nobody takes it for what it was
            await driver.execute("; ".join(seeing(*wanted)))  # one round trip
            raw.info[SEEN] = wanted
        await connection.execution_options(**{SCHEMA: schema})

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[Callable[[], None]]:
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
