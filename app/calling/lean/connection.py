"""One connection, whichever side: what is sent, room for it, chunks in turn, keepalive, its end."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sized
from typing import Any

from .assembly import Parts
from .bulk import Bulk
from .frames import CHUNK, DATA, HEADER, MORE, PING, PONG, Broken, pack
from .framing import Framing
from .kernel import keep_short

KEEPALIVE = 5.0
"""Seconds without a byte after which a peer is asked for a sign of life, and after as many more given up."""
MANY = 16
"""Frames that are sent at once rather than wait for the end of the loop's turn: both ends then work at the same time."""
LOOKS = 4
"""Looks, a part of that time apart, before a peer that was asked is given up: who was away itself takes one look, and then
reads what has been waiting for it."""
FEW = 2
"""Calls under way beside which nothing waits."""
HIGH, LOW = 256 * 1024, 64 * 1024
"""Bytes that wait to be sent: past HIGH senders wait, until LOW."""
LAST_WORD = 1.0
"""Seconds that a peer who is hung up on has to read why."""


class Connection(Framing):
    """What both ends have in common. `frame` handles what arrives; `over` is told once that it has ended."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, going: Sized, streaming: Sized, keepalive: float = KEEPALIVE
    ) -> None:
        """going, streaming: the tables of calls and streams, which say whether a frame should wait for others."""
        super().__init__()
        self.loop = loop
        self._going, self._streaming = going, streaming
        self.full = False
        """Whether what waits to be sent is too much: `room` waits for less."""
        self._transport: Any = None
        self._write: Any = None
        self._flushing = False
        self._rooms: dict[asyncio.Future[None], None] = {}
        self._bulk = asyncio.Lock()
        self._long = Bulk()
        self.parts = Parts()
        self._keepalive = keepalive
        self._looks = 0
        """Looks that a peer which was asked still has to answer within."""
        self._due = 0.0
        self.gone: asyncio.Future[None] = loop.create_future()
        """Done once the socket is closed."""
        self._alarm: asyncio.TimerHandle | None = None
        """Looks for signs of life; once all is over, for whether the socket has been closed."""

    # --- for the sides to fill -----------------------------------------------------------------------------------------

    @abstractmethod
    def over(self, why: str) -> None:
        """The connection has ended."""
        ...

    # --- sending -------------------------------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        """A frame on its way: at once where little is going on, else together with others of this turn."""
        out = self._out
        if not out and len(self._going) <= FEW and not self._streaming:
            self._write(frame)
            return
        out.append(frame)
        if len(out) >= MANY:
            self.flush()
        elif not self._flushing:
            self._flushing = True
            self.loop.call_soon(self._flush_later)

    def flush(self) -> None:
        out = self._out
        if out:
            if not self._transport.is_closing():  # each write after the peer has gone would be a line in the log
                self._write(b"".join(out))
            out.clear()

    def _flush_later(self) -> None:
        self._flushing = False
        self.flush()

    @property
    def unsent(self) -> int:
        """Bytes that have been handed over and have not left."""
        return 0 if self.gone.done() or self._transport is None else self._transport.get_write_buffer_size()

    async def room(self) -> None:
        """Wait until what is to be sent may be handed over, or the connection is closed."""
        while self.full and not self.closed:
            waiter = self.loop.create_future()
            self._rooms[waiter] = None
            try:
                await waiter
            finally:
                self._rooms.pop(waiter, None)

    async def send_bulk(self, kind: int, flags: int, code: int, call: int, arg: int, data: bytes, meta: bytes) -> bool:
        """A long body in chunks, taking turns with others. False where the call was over before its end."""
        await self._long.begin(len(data))
        try:
            return await self._chunks(kind, flags, code, call, arg, data, meta)
        finally:
            self._long.end(len(data))

    async def _chunks(self, kind: int, flags: int, code: int, call: int, arg: int, data: bytes, meta: bytes) -> bool:
        view = memoryview(data)
        last = len(data) - CHUNK
        for at in range(0, len(data), CHUNK):
            if at:  # a kernel with large buffers would take all of it in one turn of the loop
                await asyncio.sleep(0)
            async with self._bulk:
                if self.full:
                    await self.room()
                if self.closed or not self.wanted(call):
                    return False
                self.flush()
                chunk = view[at : at + CHUNK]
                more = MORE if at < last else 0
                if at:
                    self._write(b"".join((pack(len(chunk), DATA, more, 0, call, 0), chunk)))
                else:
                    head = pack(len(meta) + len(chunk), kind, flags | more, code, call, arg)
                    self._write(b"".join((head, meta, chunk)))
        return True

    @abstractmethod
    def wanted(self, call: int) -> bool:
        """Whether anybody still waits for what a call sends."""
        ...

    def broken(self, why: Broken) -> None:
        """The peer does not keep to the wire."""
        self.lose(str(why))

    # --- the life of a connection --------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._write = transport.write
        transport.set_write_buffer_limits(HIGH, LOW)
        keep_short(transport.get_extra_info("socket"), HIGH, LOW)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(None)
        if self._alarm is not None:
            self._alarm.cancel()
        self._end("the connection was closed" if exc is None else str(exc))

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        for waiter in tuple(self._rooms):
            if not waiter.done():
                waiter.set_result(None)
        self._rooms.clear()

    def abort(self) -> None:
        """Let go of the socket, whatever is on its way."""
        if self._transport is not None and not self.gone.done():  # asyncio's trip over it once they are closed
            self._transport.abort()

    def lose(self, why: str) -> None:
        """End it now, whatever is still on its way."""
        transport = self._transport
        self._end(why)
        if transport is not None:
            transport.abort()

    def close(self, why: str = "it was closed here") -> None:
        """End it once what has been sent is on its way."""
        transport = self._transport
        self.flush()
        self._end(why)
        if transport is not None:
            transport.close()  # a peer that does not read keeps nothing open
            self._alarm = self.loop.call_later(self._keepalive, self.abort)

    def hang_up(self, why: str, within: float = LAST_WORD) -> None:
        """End it after a last word, at the latest after so many seconds. What the peer still sends is read and dropped: a
        socket that is closed on unread data takes back what it has said."""
        transport = self._transport
        self.flush()
        self._end(why)
        if transport.can_write_eof():
            transport.write_eof()
            if not transport.is_reading():
                transport.resume_reading()
            self._alarm = self.loop.call_later(within, self.abort)
        else:
            transport.close()

    def _end(self, why: str) -> None:
        if self.closed:
            return
        self.closed = True
        self.open = False
        self._write = _nowhere
        self._out.clear()
        self._held.clear()
        self.parts.clear()
        self.resume_writing()
        if self._alarm is not None:
            self._alarm.cancel()
        self.over(why)

    def _listen(self) -> None:
        """Every few seconds: has the peer said anything, does it answer?"""
        if self._heard:
            self._heard, self._looks = False, 0
        elif self._looks:
            if self.loop.time() - self._due < self._keepalive / 2:  # else it was us who did not look in time
                self._looks -= 1
            if not self._looks:
                self.lose("its peer gives no sign of life")
                return
        elif self.open:
            self._looks = LOOKS
            self._write(_PING)
        self._watch()

    def _watch(self) -> None:
        self._due = self.loop.time() + (self._keepalive / LOOKS if self._looks else self._keepalive)
        self._alarm = self.loop.call_at(self._due, self._listen)

    def pong(self) -> None:
        if not (self.full or self._transport.is_closing()):  # who asks without reading is not answered
            self.send(_PONG)


_PING, _PONG = HEADER.pack(0, PING, 0, 0, 0, 0), HEADER.pack(0, PONG, 0, 0, 0, 0)


def _nowhere(data: bytes) -> None:
    """What is sent when all is over."""
