"""Placements in a table. Whoever works on one holds its lease and its attempt's number; only the latest may write.

Statements of the frequent calls are made once: making one takes longer than running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)

from app import Database

from .placement import Draft, Placement, State

metadata = MetaData()

placements = Table(
    "placements",
    metadata,
    Column("order_id", String(36), primary_key=True),
    Column("user_id", String(200), nullable=False),
    Column("key", String(200)),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("transaction_id", Text, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("emptied", Boolean, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("refund_owed", Boolean, nullable=False),
    Column("draft", Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    UniqueConstraint("user_id", "key", name="one_order_for_a_key"),
    Index("placements_due", "open", "due_at"),
)
_columns = [column for column in placements.c if column.name not in ("open", "refund_owed", "started_at", "changed_at")]
_draft = msgspec.json.Decoder(Draft)
_begun = select(*_columns).where(
    placements.c.user_id == bindparam("whose", type_=String), placements.c.key == bindparam("named", type_=String)
)
_write = (
    update(placements)
    .where(placements.c.order_id == bindparam("which"), placements.c.attempt == bindparam("whose_turn"))
    .returning(placements.c.order_id)
)


class Superseded(Exception):
    """Somebody else has taken this placement over; what was to be written was not."""


class Placements:
    """All placements. Raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claim = database.insert(placements).on_conflict_do_nothing().returning(placements.c.order_id)

    async def find(self, user_id: str, key: str | None) -> Placement | None:
        """What was begun under this key."""
        if key is None:
            return None
        rows = await self._database.fetch(_begun, {"whose": user_id, "named": key})
        return _placement(rows[0]) if rows else None

    async def claim(self, placement: Placement, now: float) -> bool:
        """Begin one, unless there is one under the key: however many try, on however many replicas, one does."""
        row = {**_values(placement, now), "started_at": now}
        async with self._database.transaction() as tx:
            return (await tx.execute(self._claim, row)).one_or_none() is not None

    async def take_over(self, placement: Placement, now: float, until: float) -> Placement | None:
        """Go on with one whose lease is over. None where somebody else does already."""
        row = update(placements).where(_still(placement), placements.c.lease_until <= now)
        row = row.values(attempt=placements.c.attempt + 1, lease_until=until, changed_at=now)
        async with self._database.transaction() as tx:
            taken = (await tx.execute(row.returning(*_columns))).one_or_none()
        return _placement(taken) if taken is not None else None

    async def write(self, placement: Placement, now: float) -> None:
        """Note how far it has come. Raises Superseded."""
        row = {"which": placement.order_id, "whose_turn": placement.attempt, **_values(placement, now)}
        async with self._database.transaction() as tx:
            if (await tx.execute(_write, row)).one_or_none() is None:
                raise Superseded

    async def forget(self, placement: Placement) -> None:
        """Nothing came of it: its key is free again. Raises Superseded."""
        async with self._database.transaction() as tx:
            gone = await tx.execute(delete(placements).where(_still(placement)).returning(placements.c.order_id))
            if gone.one_or_none() is None:
                raise Superseded

    async def take_due(self, now: float, until: float, most: int) -> Sequence[Placement]:
        """Those that the background has something to do about, the longest due first; nobody else gets them then."""
        due = and_(placements.c.open, placements.c.due_at <= now, placements.c.lease_until <= now)
        first = select(placements.c.order_id).where(due).order_by(placements.c.due_at).limit(most)
        if not await self._database.fetch(first.limit(1)):
            return ()  # nearly always: looking takes no lock
        # PostgreSQL passes over the rows that another replica takes right now; SQLite has one writer at a time.
        rows = update(placements).where(placements.c.order_id.in_(first.with_for_update(skip_locked=True)), due)
        rows = rows.values(attempt=placements.c.attempt + 1, lease_until=until, due_at=until, changed_at=now)
        async with self._database.transaction() as tx:
            return [_placement(row) for row in await tx.execute(rows.returning(*_columns))]

    async def forget_old(self, before: float, most: int) -> int:
        """Delete those about which nothing was left to do before that time; how many. What is owed by hand stays."""
        done = placements.c.state.in_([State.PLACED.value, State.REFUNDED.value])
        old = select(placements.c.order_id).where(~placements.c.open, placements.c.due_at < before, done).limit(most)
        if not (ids := [row.order_id for row in await self._database.fetch(old)]):
            return 0
        async with self._database.transaction() as tx:
            await tx.execute(delete(placements).where(placements.c.order_id.in_(ids)))
        return len(ids)

    async def next_due(self) -> float | None:
        """When the background should look again; None where nothing is open."""
        later = func.max(placements.c.due_at, placements.c.lease_until)
        if self._database.dialect == "postgresql":
            later = func.greatest(placements.c.due_at, placements.c.lease_until)
        rows = await self._database.fetch(select(func.min(later)).where(placements.c.open))
        return rows[0][0]


def _still(placement: Placement) -> Any:
    return and_(placements.c.order_id == placement.order_id, placements.c.attempt == placement.attempt)


def _values(placement: Placement, now: float) -> dict[str, Any]:
    values = {column.name: getattr(placement, column.name) for column in _columns}
    values["state"] = placement.state.value
    values["draft"] = msgspec.json.encode(placement.draft).decode()
    return {**values, "open": placement.open, "refund_owed": placement.refund_owed, "changed_at": now}


def _placement(row: Row[Any]) -> Placement:
    fields: dict[str, Any] = dict(row._mapping)
    fields["state"] = State(fields["state"])
    fields["draft"] = _draft.decode(fields["draft"])
    return Placement(**fields)
