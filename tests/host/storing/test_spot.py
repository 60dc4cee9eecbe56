"""What SQLite does on the spot: short statements, until one turns out long; and nothing is done twice or lost for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.storing import spot
from app.storing.spot import FORGETS, LONG, REMEMBERS, ROWS, Spot

ENDLESS = "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)"


class Clock:
    """Stands still, or goes on by so many seconds whenever somebody looks."""

    def __init__(self) -> None:
        self.now, self.step = 0.0, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE notes (what TEXT)")
        yield connection


@pytest.mark.parametrize(
    ("statement", "alone", "first", "later"),
    [
        ("SELECT 1", True, True, True),
        (" select 1", True, True, True),
        ("INSERT INTO notes VALUES (?)", False, True, True),
        ("INSERT INTO notes SELECT what FROM notes", False, True, False),
        ("INSERT INTO notes\nSELECT what FROM notes", False, True, False),
        ("UPDATE notes SET what = ''", False, True, False),
        ("DELETE FROM notes", False, True, False),
        ("WITH n AS (SELECT 1) INSERT INTO notes SELECT * FROM n", False, False, False),
        ("CREATE TABLE others (what TEXT)", False, False, False),
        ("PRAGMA wal_checkpoint", False, False, False),
        ("VACUUM", False, False, False),
        ("SELECTED", False, False, False),
    ],
)
def test_what_might_take_long_and_cannot_be_stopped_without_harm_is_left_to_the_thread(
    statement: str, *, alone: bool, first: bool, later: bool
) -> None:
    takes = Spot().takes
    assert takes(statement, begins=False, open_=False) == alone
    assert takes(statement, begins=True, open_=False) == first
    assert takes(statement, begins=False, open_=True) == later


def test_many_rows_are_left_to_the_thread() -> None:
    takes = Spot().takes
    assert takes("INSERT INTO notes VALUES (?)", begins=True, open_=False, rows=ROWS)
    assert not takes("INSERT INTO notes VALUES (?)", begins=True, open_=False, rows=ROWS + 1)
    assert not takes("UPDATE notes SET what = ?", begins=True, open_=False, rows=2)


def test_what_takes_long_is_stopped_and_left_to_the_thread_for_a_while(
    clock: Clock, connection: sqlite3.Connection
) -> None:
    spot = Spot(clock)
    clock.step = LONG
    assert spot.run(ENDLESS, connection, lambda it: it.execute(ENDLESS).fetchall(), harmless=True) is None
    clock.step = 0.0
    assert not spot.takes(ENDLESS, begins=False, open_=False)
    assert spot.takes("SELECT 1", begins=False, open_=False)
    clock.now += FORGETS
    assert spot.takes(ENDLESS, begins=False, open_=False)
    counted = ENDLESS.replace("FROM n)", "FROM n LIMIT 100000)")  # nobody is left to stop it
    assert connection.execute(counted).fetchone() == (100_000,)


def test_what_may_not_be_stopped_is_finished_and_then_left_to_the_thread(
    clock: Clock, connection: sqlite3.Connection
) -> None:
    spot = Spot(clock)
    clock.step = 2 * LONG
    insert = "INSERT INTO notes VALUES ('a')"
    many = (
        "INSERT INTO notes WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999) SELECT i FROM n"
    )
    connection.execute("BEGIN")
    assert spot.run(insert, connection, lambda it: it.execute(many).rowcount, harmless=False) == 9999
    assert connection.in_transaction
    assert not spot.takes(insert, begins=True, open_=False)


def test_a_change_that_is_stopped_leaves_nothing_of_its_transaction(
    clock: Clock, connection: sqlite3.Connection
) -> None:
    change = "INSERT INTO notes WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"

    def work(it: sqlite3.Connection) -> None:
        it.execute("BEGIN IMMEDIATE")
        it.execute(change)

    clock.step = LONG
    assert Spot(clock).run(change, connection, work, harmless=True) is None
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def test_what_is_wrong_is_said_as_it_was(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        Spot().run("SELECT", connection, lambda it: it.execute("SELECT * FROM nowhere"), harmless=True)


def test_no_more_is_remembered_than_there_is_room_for(
    clock: Clock, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spot, "REMEMBERS", 2)
    assert REMEMBERS > 2
    held = Spot(clock)
    clock.step = 2 * LONG
    for number in range(3):
        held.run(f"SELECT {number}", connection, lambda _: 0, harmless=True)
    clock.step = 0.0
    left = [number for number in range(3) if not held.takes(f"SELECT {number}", begins=False, open_=False)]
    assert left == [2]
