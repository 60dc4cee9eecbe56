"""SQLite connections live in a thread each, and every errand there and back costs more than most statements do. Here a
statement is one errand: its transaction's BEGIN, the execution, all rows and the cursor's end. A commit is one; a
rollback is none where nothing was begun. SQLAlchemy's own way takes four for a statement, and one more to give back."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util.concurrency import await_

Run = Callable[[sqlite3.Cursor], object]


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
        self._run(lambda cursor: cursor.execute(operation, parameters or ()))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        self._run(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """It is closed already."""

    def _run(self, statement: Run) -> None:
        self._description, rows, self._touched, self._last = self._errand(statement)
        self._rows = deque(rows)


class ErrandConnection(AsyncAdapt_aiosqlite_connection):
    """A connection that knows whether a transaction is open, and so when there is nothing to roll back."""

    __slots__ = ("_clean", "_due")
    _cursor_cls = ErrandCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._due = ""
        self._clean = False
        """Whether no transaction is open for certain. An errand that was given up may still be under way."""

    def begin(self, statement: str) -> None:
        """Begin a transaction with the first statement that follows. A wait for the lock is that statement's, too."""
        self._due = statement

    def errand(self, statement: Run) -> tuple[Any, list[Any], int, int]:
        """Run a statement in the thread: the description of its rows, the rows, how many it touched, the last row's id."""
        due, self._due = self._due, ""
        self._clean = False

        def run(connection: sqlite3.Connection) -> tuple[Any, list[Any], int, int, bool]:
            cursor = connection.cursor()
            try:
                if due:
                    cursor.execute(due)
                statement(cursor)
                rows = cursor.fetchall() if cursor.description else []
                return cursor.description, rows, cursor.rowcount, cursor.lastrowid or 0, connection.in_transaction
            finally:
                cursor.close()

        try:
            *found, open_ = await_(self._connection._execute(run, self._connection._conn))
        except Exception as error:
            self._handle_exception(error)
        self._clean = not open_
        return found[0], found[1], found[2], found[3]

    def cursor(self, server_side: bool = False) -> Any:
        if server_side and self._due:  # rows that are fetched bit by bit go SQLAlchemy's way
            ErrandCursor(self).execute("SELECT 1")
        return super().cursor(server_side)

    def commit(self) -> None:
        self._end(super().commit)

    def rollback(self) -> None:
        self._end(super().rollback)

    def _end(self, ending: Callable[[], None]) -> None:
        self._due = ""
        if not self._clean:
            ending()
            self._clean = True


class _Dbapi(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> ErrandConnection:
        return ErrandConnection(self, super().connect(*arg, **kw)._connection)


def dbapi() -> Any:
    """What `create_async_engine(module=…)` takes."""
    found = SQLiteDialect_aiosqlite.import_dbapi()
    return _Dbapi(found.aiosqlite, found.sqlite)
