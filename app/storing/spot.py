"""What SQLite does on the spot, in the event loop's own thread: whatever is over sooner than an errand would be.

An errand to a connection's thread has to get the interpreter there and back, some ten times for a statement, and each
time it waits for a loop that is busy: milliseconds, for a few microseconds' work. What may not be done here is what
waits for the disk, a commit, and what takes long."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from time import monotonic
from typing import TypeVar

T = TypeVar("T")
C = TypeVar("C", bound=sqlite3.Connection)

LONG = 0.005
"""Seconds that a statement may take on the spot: as long as another thread may keep the interpreter."""
EVERY = 1000
"""Instructions of SQLite's machine, some ten microseconds, between two looks at the clock."""
FORGETS = 30.0
"""Seconds for which a statement that took too long is left to the thread."""
REMEMBERS = 1000
"""Such statements at most."""
ROWS = 100
"""Of an INSERT, at most."""
_READS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_ADDS = re.compile(r"\s*INSERT\b(?!.*\bSELECT\b)", re.IGNORECASE | re.DOTALL)
_CHANGES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


class Kind(Enum):
    """Of statements, by what stopping one under way means."""

    READS = "reads"
    """Nothing: it is asked again."""
    ADDS = "adds"
    """SQLite rolls the whole transaction back; but as many rows as are given is all that it touches."""
    CHANGES = "changes"
    """SQLite rolls the whole transaction back, and who knows how many rows it touches."""
    OTHER = "other"


@lru_cache(maxsize=2048)
def kind(statement: str) -> Kind:
    """What a statement does, by its first words."""
    if _READS.match(statement):
        return Kind.READS
    if _ADDS.match(statement):
        return Kind.ADDS
    return Kind.CHANGES if _CHANGES.match(statement) else Kind.OTHER


class Spot:
    """For the connections to one file. clock: seconds that only go forward."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._long: dict[str, float] = {}

    def takes(self, statement: str, *, begins: bool, open_: bool, rows: int = 1) -> bool:
        """Whether to try it here. begins: its transaction begins with it; open_: one is open already."""
        if statement in self._long:
            if self._clock() < self._long[statement]:
                return False
            del self._long[statement]
        match kind(statement):
            case Kind.READS:
                return True
            case Kind.ADDS:
                return (begins or open_) and rows <= ROWS
            case Kind.CHANGES:
                return begins and rows == 1
            case Kind.OTHER:
                return False

    def run(self, statement: str, connection: C, work: Callable[[C], T], *, harmless: bool) -> T | None:
        """What work answers; None where it was stopped because it takes long, and has to be done again.

        harmless: it may be stopped, since it only reads or its transaction has only begun.
        """
        self._until = self._clock() + LONG
        if harmless:
            connection.set_progress_handler(self._over, EVERY)
        try:
            return work(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_INTERRUPT:
                raise
            return None
        finally:
            if harmless:
                connection.set_progress_handler(None, 0)
            if self._over():
                self._leave(statement)

    def _over(self) -> bool:
        return self._clock() > self._until

    def _leave(self, statement: str) -> None:
        if len(self._long) >= REMEMBERS:
            self._long.clear()
        self._long[statement] = self._clock() + FORGETS
