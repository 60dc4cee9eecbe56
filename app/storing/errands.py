"""SQLite connections live in a thread each, and every errand there and back costs more than most statements do. Here a
statement is none where it may be done on the spot, and otherwise one: its transaction's BEGIN, the execution, all rows
and the cursor's end. A commit is one; a rollback is none. SQLAlchemy's own way takes four for a statement, and one more
to give back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util.concurrency import await_

from .engines import BUSY
from .spot import Kind, Spot, kind

T = TypeVar("T")
Run = Callable[[sqlite3.Cursor], object]
Found = tuple[Any, list[Any], int, int]
"""The description of a statement's rows, the rows, how many it touched, the last row's id."""

PAUSE = 0.001
"""Seconds before a file that another process has locked is tried again; twice as long each time, up to the 32-fold."""


class _Nothing:
    """What SQLAlchemy waits for where nothing is to be waited for: it refuses a statement that awaits nothing."""

    def __await__(self) -> Iterator[None]:
        return iter(())


_NOTHING: Any = _Nothing()


class ErrandCursor(AsyncAdapt_aiosqlite_cursor):
    """What a statement left behind; nothing of it is in the connection's thread any longer."""

    __slots__ = ("_description", "_errand", "_last", "_size", "_touched")

    def __init__(self, connection: ErrandConnection) -> None:
        self._errand = connection.errand
        self._rows: deque[Any] = deque()
        self._description: Any = None
        self._touched, self._last = -1, 0
        self._size = 1

    @property
    def description(self) -> Any:
        return self._description

    @property
    def rowcount(self) -> int:
        return self._touched

    @property
    def lastrowid(self) -> int:
        return self._last

    @property
    def arraysize(self) -> int:
        return self._size

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._size = value

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        self._run(operation, lambda cursor: cursor.execute(operation, parameters or ()))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        self._run(operation, lambda cursor: cursor.executemany(operation, seq_of_parameters), len(seq_of_parameters))

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """It is closed already."""

    def _run(self, operation: str, run: Run, rows: int = 1) -> None:
        self._description, found, self._touched, self._last = self._errand(operation, run, rows)
        self._rows = deque(found)


class ErrandConnection(AsyncAdapt_aiosqlite_connection):
    """A connection that knows whether a transaction is open, and so when there is nothing to roll back."""

    __slots__ = ("_clean", "_due", "_strayed")
    _cursor_cls = ErrandCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._due = ""
        self._clean = False
        """Whether no transaction is open for certain. An errand that was given up may still be under way."""
        self._strayed = False
        """Whether something may be under way in the thread still: then all else follows it there."""

    def begin(self, statement: str) -> None:
        """Begin a transaction with the first statement that follows. A wait for the lock is that statement's, too."""
        self._due = statement

    def errand(self, statement: str, run: Run, rows: int = 1) -> Found:
        """Run a statement, on the spot where that may be, otherwise in the thread.

        While another process writes, only the caller waits, and in no thread.
        """
        due, self._due = self._due, ""

        def work(connection: sqlite3.Connection) -> Found:
            cursor = connection.cursor()
            try:
                if due and not connection.in_transaction:  # it may be done again
                    cursor.execute(due)
                run(cursor)
                found = cursor.fetchall() if cursor.description else []
                return cursor.description, found, cursor.rowcount, cursor.lastrowid or 0
            finally:
                cursor.close()

        def once() -> Found:
            spot, connection = self.dbapi.spot, self._connection._conn
            open_ = connection.in_transaction
            if not self._strayed and spot.takes(statement, begins=bool(due), open_=open_, rows=rows):
                found = spot.run(statement, connection, work, harmless=not open_ or kind(statement) is Kind.READS)
                if found is not None:
                    await_(_NOTHING)
                    return found
            return self._send(lambda: work(connection))

        self._clean = False
        found = self._patiently(once)
        self._clean = not self._connection._conn.in_transaction
        return found

    def cursor(self, server_side: bool = False) -> Any:
        if server_side:  # rows that are fetched bit by bit go SQLAlchemy's way
            if self._due:
                ErrandCursor(self).execute("SELECT 1")
            self._strayed = True
        return super().cursor(server_side)

    def commit(self) -> None:
        self._due = ""
        if not self._clean:  # it waits for the disk
            self._patiently(lambda: self._send(self._commit))
            self._clean = True

    def _commit(self) -> None:
        """As the driver's own, but prepared once: the thread asks for the interpreter less often."""
        connection = self._connection._conn
        if connection.in_transaction:
            connection.execute("COMMIT").close()

    def rollback(self) -> None:
        self._due = ""
        if not self._clean and self._connection._connection:
            roll_back = self._connection._conn.rollback
            self._patiently(lambda: self._send(roll_back) if self._strayed else roll_back())
            self._clean = True

    def _send(self, work: Callable[[], T]) -> T:
        self._strayed = True
        try:
            done = await_(self._connection._execute(work))
        except sqlite3.Error:
            self._strayed = False
            raise
        self._strayed = False
        return done

    def _patiently(self, work: Callable[[], T]) -> T:
        """As often as it takes while the file is locked; SQLite itself would sleep in the thread that asks."""
        pause, waited = PAUSE, 0.0
        while True:
            try:
                return work()
            except Exception as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY or waited > BUSY:
                    self._handle_exception(error)
            await_(asyncio.sleep(pause))
            waited += pause
            pause = min(2 * pause, 32 * PAUSE)


class _Dbapi(AsyncAdapt_aiosqlite_dbapi):
    def __init__(self, aiosqlite: Any, sqlite: Any) -> None:
        super().__init__(aiosqlite, sqlite)
        self.spot = Spot()

    def connect(self, *arg: Any, **kw: Any) -> ErrandConnection:
        return ErrandConnection(self, super().connect(*arg, **kw)._connection)


def dbapi() -> Any:
    """What `create_async_engine(module=…)` takes."""
    found = SQLiteDialect_aiosqlite.import_dbapi()
    return _Dbapi(found.aiosqlite, found.sqlite)
