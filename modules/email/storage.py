"""The outbox: messages in a table, from when they are accepted until somebody has taken them.

Statements of the frequent calls are made once: making one takes longer than running it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    func,
    select,
    update,
)

from app import Database

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
LONGEST_REASON = 300

metadata = MetaData()

messages = Table(
    "messages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("recipient", String(254), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),
    Column("accepted", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("holder", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String(LONGEST_REASON), nullable=False),
    Index("messages_by_due", "state", "due"),
)
_there = select(messages.c.id).where(messages.c.id == bindparam("which", type_=String))
_next = select(func.min(messages.c.due)).where(messages.c.state == WAITING)
_due = (
    select(messages.c.id)
    .where(messages.c.state == WAITING, messages.c.due <= bindparam("now", type_=Float))
    .order_by(messages.c.due, messages.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_take = (
    update(messages)
    .where(messages.c.id.in_(bindparam("these", expanding=True)))
    .values(attempts=messages.c.attempts + 1)
    .returning(messages.c.id, messages.c.recipient, messages.c.content, messages.c.accepted, messages.c.attempts)
)
_settle = update(messages).where(
    and_(
        messages.c.id == bindparam("which"),
        messages.c.holder == bindparam("whose"),
        messages.c.attempts == bindparam("which_attempt"),
    )
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is ours to deliver until the lease ends."""

    id: str
    recipient: str
    content: bytes
    accepted: float
    attempts: int
    """This one included."""

    def __repr__(self) -> str:
        return f"Taken({self.id}, attempts={self.attempts})"


class Outbox:
    """All messages. Times are Unix times. Every method raises DatabaseUnavailable while the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._me = uuid4().hex
        accept = database.insert(messages).on_conflict_do_nothing(index_elements=[messages.c.id])
        self._accept = accept.returning(messages.c.id)

    async def accept(self, id: str, recipient: str, content: bytes, now: float) -> bool:
        """Keep a message. False: it was there already."""
        row = {
            "id": id, "recipient": recipient, "content": content, "state": WAITING, "accepted": now, "due": now,
            "holder": "", "attempts": 0, "reason": "",
        }  # fmt: skip
        async with self._database.transaction() as tx:
            return (await tx.execute(self._accept, row)).one_or_none() is not None

    async def has(self, id: str) -> bool:
        """Whether a message was accepted before."""
        return bool(await self._database.fetch(_there, {"which": id}))

    async def next_due(self) -> float | None:
        """When there is something to deliver; None where nothing waits."""
        rows = await self._database.fetch(_next)
        return rows[0][0]

    async def take(self, most: int, now: float, lease: float) -> Sequence[Taken]:
        """Those that are due, for so many seconds ours and nobody else's. Whoever dies over one leaves it to others."""
        async with self._database.transaction() as tx:
            ids = (await tx.execute(_due, {"now": now, "most": most})).scalars().all()
            if not ids:
                return ()
            rows = await tx.execute(_take, {"these": ids, "due": now + lease, "holder": self._me})
            return [Taken(*row) for row in rows]

    async def delivered(self, message: Taken) -> None:
        """Somebody has it. What was written in it is forgotten; that it was sent is not."""
        await self._settle(message, state=DELIVERED, content=b"", reason="")

    async def failed(self, message: Taken, reason: str) -> None:
        """Nobody will ever take it."""
        await self._settle(message, state=FAILED, reason=reason[:LONGEST_REASON])

    async def postpone(self, message: Taken, due: float, reason: str) -> None:
        """It is to be tried again later."""
        await self._settle(message, due=due, holder="", reason=reason[:LONGEST_REASON])

    async def _settle(self, message: Taken, **values: object) -> None:
        ours = {"which": message.id, "whose": self._me, "which_attempt": message.attempts}
        async with self._database.transaction() as tx:
            await tx.execute(_settle, {**ours, **values})
