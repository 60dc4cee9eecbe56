"""SQLAlchemy engines for both kinds of database. Imported only in a process that has a database."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, event
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from .address import Address
from .bare import keep_bare
from .without_orm import AsyncEngine, create_async_engine

BUSY = 5
"""Seconds that a SQLite connection waits for another process's transaction."""
READING = "pangaea_reading"
"""Execution option of connections that read one statement outside of a transaction."""
GUARDED = "pangaea_guarded"
"""Execution option of SQLite connections on which nothing can be written for a while."""
SCHEMA = "pangaea_schema"
"""Execution option: the module on whose behalf a PostgreSQL connection works."""
RECYCLE = 1800
"""Seconds after which a PostgreSQL connection is replaced, before firewalls forget it."""
SEEN = "pangaea_seen"
"""In a connection's notes: the schema and the role that it was told to see last."""
_RESETS = re.compile(r"\s*(?:SET|RESET|DISCARD)\b", re.IGNORECASE)


def make_engine(
    address: Address, *, size: int, overflow: int, timeout: float, migrating: bool = False, replica: bool = False
) -> AsyncEngine:
    """An engine that has not connected yet. timeout: seconds for a connection to be made or to come free.

    migrating: connections are not kept, and SQLite does not enforce foreign keys, so that tables can be rebuilt.
    replica: nothing can be written.
    """
    pool: dict[str, Any] = (
        {"poolclass": NullPool}
        if migrating
        else {"poolclass": AsyncAdaptedQueuePool, "pool_size": size, "max_overflow": overflow, "pool_timeout": timeout}
    )
    if address.kind == "sqlite":
        if not migrating:  # a file has no connections to spare, and making one means a thread and three statements
            pool |= {"pool_size": size + overflow, "max_overflow": 0}
        factory = _Unbound if migrating else _Copy if replica else _Confined
        engine = _sqlite(address, pool, factory)
    else:
        if not migrating:
            pool |= {"pool_pre_ping": True, "pool_recycle": RECYCLE, "pool_use_lifo": True}
        engine = _postgresql(address, pool, timeout, {"default_transaction_read_only": "on"} if replica else {})
    keep_bare(engine)
    return engine


def _postgresql(address: Address, pool: dict[str, Any], timeout: float, settings: dict[str, str]) -> AsyncEngine:
    import asyncpg

    from .farewell import Brief, ping_rarely

    async def connect(*_: Any, **__: Any) -> Any:
        # asyncpg reads the URL itself: every form and parameter that libpq knows means here what it means there.
        options: dict[str, Any] = {
            "timeout": timeout,
            "server_settings": {"application_name": "pangaea", **settings},
            "connection_class": Brief,
        }
        return await asyncpg.connect(address.where, **options)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, **pool)
    event.listen(engine.sync_engine, "before_cursor_execute", _sign, retval=True)
    ping_rarely(engine)
    return engine


def _sign(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> tuple[str, Any]:
    # Statements of two modules must not look alike to the cache of prepared statements, since the same names mean other
    # tables; and whoever watches the server sees whose statement it is.
    schema = connection.get_execution_options().get(SCHEMA)
    if _RESETS.match(statement) or "set_config" in statement:
        connection.connection.info.pop(SEEN, None)  # whoever gets the connection next is shown its own tables again
    return (f"/* {schema} */ {statement}" if schema else statement), parameters


def _sqlite(address: Address, pool: dict[str, Any], factory: type[_Confined]) -> AsyncEngine:
    from .errands import dbapi  # brings SQLite's dialect along, which a process on PostgreSQL never needs

    url = URL.create("sqlite+aiosqlite", database=address.where)
    if factory is _Copy:  # one that is not there is not made
        url = URL.create(
            "sqlite+aiosqlite", database=f"file:{quote(address.where)}", query={"mode": "rw", "uri": "true"}
        )
    # In the thread that a connection has, or in the loop's; never in both at once.
    options = {"factory": factory, "timeout": BUSY, "check_same_thread": False}
    engine = create_async_engine(url, module=dbapi(), connect_args=options, **pool)
    event.listen(engine.sync_engine, "begin", _begin_reading if factory is _Copy else _begin)
    return engine


def try_file(address: Address, *, make: bool = True) -> None:
    """Open the SQLite file once, blocking; make: it is made if it is not there. Raises OSError, sqlite3.Error."""
    path = Path(address.where)
    if make:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # for its owner alone; what SQLite puts beside it is given the same rights
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    elif not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with closing(sqlite3.connect(address.where, timeout=BUSY, factory=_Confined if make else _Copy)):
        pass


def _begin(connection: Connection) -> None:
    # A transaction that begins by reading cannot always go on to write; taking the write lock first always can.
    options = connection.get_execution_options()
    if options.get(GUARDED):
        _begin_reading(connection)
    elif not options.get(READING):
        _with_the_first(connection, "BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    if not connection.get_execution_options().get(READING):
        _with_the_first(connection, "BEGIN")


def _with_the_first(connection: Connection, statement: str) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.begin(statement)


class _Confined(sqlite3.Connection):
    """A connection that writes ahead, keeps foreign keys and opens no other file. Made in its own thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        try:
            self.isolation_level = None  # transactions begin where we say
            self._write_ahead()
            self._settle()
            self.execute("PRAGMA busy_timeout = 0").close()  # from here on the errands wait, and hold no thread
        except BaseException:
            self.close()
            raise

    def _settle(self) -> None:
        self.execute("PRAGMA foreign_keys = ON").close()
        self.execute("PRAGMA synchronous = FULL").close()  # a commit is on the disk, however SQLite was built
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)

    def _write_ahead(self) -> None:
        # The first one to open a file switches it for good; meanwhile SQLite turns the others away without waiting.
        until = time.monotonic() + BUSY
        while True:
            try:
                with closing(self.execute("PRAGMA journal_mode = WAL")) as cursor:
                    cursor.fetchone()
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)  # this is the connection's own thread


class _Unbound(_Confined):
    """For migrations: tables are dropped and made anew, which foreign keys would take for deletion."""

    def _settle(self) -> None:
        super()._settle()
        self.execute("PRAGMA foreign_keys = OFF").close()


class _Copy(_Confined):
    """A file that somebody else keeps up to date: it is only read."""

    def _settle(self) -> None:
        super()._settle()
        self.execute("PRAGMA query_only = ON").close()

    def _write_ahead(self) -> None:
        """As whoever writes it has decided."""
