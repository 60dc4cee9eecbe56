"""The outbox: messages in a table, from when they are accepted until somebody has taken them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, and_, func, select, update

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

    async def accept(self, id: str, recipient: str, content: bytes, now: float) -> bool:
        """Keep a message. False: it was there already."""
        row = self._database.insert(messages).values(
            id=id, recipient=recipient, content=content, state=WAITING, accepted=now, due=now, holder="", attempts=0,
            reason="",
        )  # fmt: skip
        row = row.on_conflict_do_nothing(index_elements=[messages.c.id]).returning(messages.c.id)
        async with self._database.transaction() as tx:
            return (await tx.execute(row)).one_or_none() is not None

    async def has(self, id: str) -> bool:
        """Whether a message was accepted before."""
        return bool(await self._database.fetch(select(messages.c.id).where(messages.c.id == id)))

    async def next_due(self) -> float | None:
        """When there is something to deliver; None where nothing waits."""
        rows = await self._database.fetch(select(func.min(messages.c.due)).where(messages.c.state == WAITING))
        return rows[0][0]

    async def take(self, most: int, now: float, lease: float) -> Sequence[Taken]:
        """Those that are due, for so many seconds ours and nobody else's. Whoever dies over one leaves it to others."""
        due = select(messages.c.id).where(messages.c.state == WAITING, messages.c.due <= now)
        due = due.order_by(messages.c.due, messages.c.id).limit(most).with_for_update(skip_locked=True)
        async with self._database.transaction() as tx:
            ids = (await tx.execute(due)).scalars().all()
            if not ids:
                return ()
            change = update(messages).where(messages.c.id.in_(ids))
            change = change.values(due=now + lease, holder=self._me, attempts=messages.c.attempts + 1)
            kept = messages.c
            rows = await tx.execute(
                change.returning(kept.id, kept.recipient, kept.content, kept.accepted, kept.attempts)
            )
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
        kept = messages.c
        ours = and_(kept.id == message.id, kept.holder == self._me, kept.attempts == message.attempts)
        async with self._database.transaction() as tx:
            await tx.execute(update(messages).where(ours).values(values))
