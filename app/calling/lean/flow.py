"""Streams over a connection: an inbox that grants credit as it is read, and what sends no more than was granted."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from ..streams import ALREADY
from .connection import Connection
from .frames import CHUNK, CREDIT, END, ITEM, SIZE, WINDOW, Broken, pack

BREATH = 64
"""Items after which a stream that never waits lets the loop turn."""


class Over(Exception):
    """The call whose stream this is has ended; its own outcome says how."""


class Taken(RuntimeError):
    """Somebody else waits for the next item."""


class Inbox:
    """Items as they arrive, as bytes. Reading grants the peer what was read."""

    __slots__ = ("_call", "_connection", "_end", "_items", "_most", "_read", "_unread", "_waiter", "over")

    def __init__(self, connection: Connection, call: int, most: int) -> None:
        self._connection = connection
        self._call = call
        self._most = WINDOW + most + SIZE
        self._items: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._end: Any = None
        self._read = 0
        self._unread = 0
        self.over = False
        """Whether nothing more arrives."""

    def put(self, body: bytes) -> None:
        """An item arrived. Raises Broken where its sender had no credit for it."""
        self._unread += len(body) + SIZE
        if self._unread > self._most:
            raise Broken("a stream that runs past its credit")
        self._items.append(body)
        self._wake()

    def end(self, outcome: Any) -> None:
        """Nothing more arrives. What `outcome` is, `get` hands on after the last item; the first one counts."""
        if not self.over:
            self.over = True
            self._end = outcome
            self._wake()

    def cut(self, outcome: Any) -> None:
        """End it now: what has arrived and was not read is dropped."""
        self._items.clear()
        self.over = False
        self.end(outcome)

    async def get(self) -> Any:
        """The next item's bytes, or the outcome once there is none. Raises Taken."""
        while not self._items:
            if self.over:
                return self._end
            if self._waiter is not None:
                raise Taken(ALREADY)
            self._waiter = self._connection.loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        body = self._items.popleft()
        size = len(body) + SIZE
        self._unread -= size
        self._read += size
        if self._read >= WINDOW // 2 and not self.over:
            self._connection.send(pack(0, CREDIT, 0, 0, self._call, self._read))
            self._read = 0
        return body

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Outflow:
    """Items on their way out, no faster than the peer grants."""

    __slots__ = ("_call", "_connection", "_credit", "_n", "_waiter", "over")

    def __init__(self, connection: Connection, call: int, window: int) -> None:
        self._connection = connection
        self._call = call
        self._credit = window
        self._waiter: asyncio.Future[None] | None = None
        self._n = 0
        self.over = False

    def grant(self, size: int) -> None:
        self._credit = min(self._credit + size, 2**31)
        self._wake()

    def close(self) -> None:
        """The call has ended: whoever sends is told."""
        self.over = True
        self._wake()

    async def write(self, data: bytes) -> None:
        """Send an item once there is credit for it. Raises Over."""
        connection = self._connection
        while self._credit <= 0 and not (self.over or connection.closed):
            self._waiter = connection.loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if connection.full:
            await connection.room()
        self._n += 1
        if not self._n % BREATH:
            await asyncio.sleep(0)
        if self.over or connection.closed:
            raise Over
        self._credit -= len(data) + SIZE
        if len(data) <= CHUNK:
            connection.send(pack(len(data), ITEM, 0, 0, self._call, 0) + data)
        elif not await connection.send_bulk(ITEM, 0, 0, self._call, 0, data, b""):
            raise Over

    async def done_writing(self) -> None:
        """There are no more. Raises Over."""
        if self.over or self._connection.closed:
            raise Over
        self._connection.send(pack(0, END, 0, 0, self._call, 0))

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
