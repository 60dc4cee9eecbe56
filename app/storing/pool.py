"""One pool of connections: to a PostgreSQL server, or to one SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Literal

from ..telling.refusals import Refused
from ..telling.refusals.storing import DatabaseUnreachable
from ..telling.steps import DatabaseFound, DatabaseLost, Teller
from .address import Address
from .trouble import DatabaseUnavailable, is_lost, is_starting, said

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Pool:
    """Opens on `open`, which can follow a `close`. size, overflow: connections; timeout: seconds to get one."""

    def __init__(
        self, address: Address, *, size: int, overflow: int, timeout: float, tell: Teller | None = None
    ) -> None:
        self.address = address
        self.modules: list[str] = []
        """Those that share it."""
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

        engine = make_engine(self.address, size=self._size, overflow=self._overflow, timeout=self._timeout)
        try:
            if self.kind == "sqlite":  # tried in a plain way first: a driver that fails to open takes time to end
                await asyncio.to_thread(try_file, self.address)
            else:
                async with asyncio.timeout(self._timeout):
                    await _connect_once(engine)
        except BaseException as error:
            await engine.dispose()
            if not isinstance(error, Exception):
                raise
            raise self.unreachable(error) from error
        self._engine = engine
        self._down = False
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

    @asynccontextmanager
    async def connection(self, schema: str, *, reading: bool = False) -> AsyncGenerator[AsyncConnection]:
        """A connection from the pool that sees the schema's tables; it goes back without waiting for anything.

        reading: each statement stands for itself. Raises DatabaseUnavailable, also for what happens on the connection
        when that means that the database is lost.
        """
        engine = self._engine
        if engine is None:
            raise RuntimeError("the database is used before the host has started or after it has stopped")
        try:
            async with AsyncExitStack() as stack:
                try:
                    connection = await stack.enter_async_context(engine.connect())
                except Exception as error:
                    raise self._lost(error) from error
                stack.push_async_callback(self._retire, engine, connection)
                if self.kind == "postgresql":
                    await _see(connection, schema)
                if reading:
                    await _stand_alone(connection, self.kind)
                if self._down:
                    self._down = False
                    self._tell(DatabaseFound(url=self.address.shown))
                yield connection
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if not is_lost(error):
                raise
            raise self._lost(error) from error

    async def _retire(self, engine: AsyncEngine, connection: AsyncConnection) -> None:
        """A connection that comes back after `close` has no pool to wait in."""
        if self._engine is not engine and not connection.invalidated:
            await connection.invalidate()

    def _lost(self, error: Exception) -> DatabaseUnavailable:
        """Why is told here, once, and nowhere else: callers learn only that it is so."""
        if not self._down:
            self._down = True
            self._tell(DatabaseLost(url=self.address.shown, why=said(error, self.address.where)))
        return DatabaseUnavailable()

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """SQLite has one writer at a time: within a process they queue here, which is fair and costs no polling."""
        if self.kind == "postgresql" or self._writer is None:
            yield
            return
        async with self._writer:
            yield


async def _connect_once(engine: AsyncEngine) -> None:
    while True:
        try:
            async with engine.connect():
                return
        except Exception as error:
            if not is_starting(error):
                raise
        await asyncio.sleep(0.1)


async def _see(connection: AsyncConnection, schema: str) -> None:
    """Unqualified names mean the schema's tables from here on. Remembered by the connection, so mostly free."""
    raw = await connection.get_raw_connection()
    if raw.info.get("schema") != schema:
        raw.info["schema"] = None  # whatever happens now, nobody takes it for what it was
        driver = raw.driver_connection
        assert driver is not None
        await driver.execute(f'SET search_path TO "{schema}"')
        raw.info["schema"] = schema
    from .engines import SCHEMA

    await connection.execution_options(**{SCHEMA: schema})


async def _stand_alone(connection: AsyncConnection, kind: str) -> None:
    if kind == "sqlite":
        from .engines import READING

        await connection.execution_options(**{READING: True})
    else:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
