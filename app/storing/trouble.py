"""Which errors mean that the database cannot be used now, and how they are said without giving away a password."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3

from ..module.failure import Unavailable

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
    }
)
_CLASSES = ("08", "53", "57", "58")
"""SQLSTATE classes: connection, resources, an operator's doing, the system's errors."""


class DatabaseUnavailable(Unavailable, says="the database cannot be used right now"):
    """The database cannot be used right now. Nothing is known of a change whose confirmation got lost."""


def is_lost(error: BaseException) -> bool:
    """Whether an error says that the database cannot be used, rather than that the statement is wrong."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if getattr(cause, "connection_invalidated", False):
            return True
        if isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE:
            return True
        if str(getattr(cause, "sqlstate", None) or "").startswith(_CLASSES):
            return True
        if isinstance(cause, ConnectionError) or _is_pool_timeout(cause):
            return True
        cause = getattr(cause, "orig", None) or cause.__cause__
    return False


def is_read_only(error: BaseException) -> bool:
    """Whether an error says that something would have been written where nothing may be."""
    root = _root(error)
    if isinstance(root, sqlite3.Error):
        return getattr(root, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY
    return getattr(root, "sqlstate", None) == "25006"


def is_starting(error: BaseException) -> bool:
    """Whether the server answers that it is not ready yet."""
    return getattr(_root(error), "sqlstate", None) == "57P03"


def said(error: BaseException, url: str) -> str:
    """Why, in a few words, without the URL's password."""
    root = _root(error)
    if isinstance(root, TimeoutError | asyncio.TimeoutError):
        return "it does not answer"
    if isinstance(root, ConnectionError) and root.errno:
        text = os.strerror(root.errno).lower()  # asyncio writes the address into its own text
    elif isinstance(root, OSError) and root.strerror:
        text = root.strerror.lower()
    else:
        text = " ".join(str(root).split()) or type(root).__name__
    password = re.search(r"://[^/@:]*:([^@/]+)@", url)
    return text.replace(password[1], "***") if password else text


def _root(error: BaseException) -> BaseException:
    while (under := getattr(error, "orig", None) or error.__cause__) is not None:
        if isinstance(under, asyncio.CancelledError):
            break  # how a timeout came about
        error = under
    return error


def _is_pool_timeout(error: BaseException) -> bool:
    return type(error).__name__ == "TimeoutError" and type(error).__module__ == "sqlalchemy.exc"
