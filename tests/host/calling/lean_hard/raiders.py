"""Many bad connections at once, cheaply: each says what it has to say, ends as it was told to, and leaves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from app.calling.lean.frames import HELLO, SIZE, unpack_from
from app.calling.lean.greeting import hello, proof

WAITS = 0.05
"""Seconds that who does not hang up by itself waits for the other end to do so."""
MINE = b"r" * 32


class Raider(asyncio.Protocol):
    """One connection. `over` is done once it is closed."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, key: bytes | None, greets: bool, says: bytes, ends: str
    ) -> None:
        self.over: asyncio.Future[None] = loop.create_future()
        self.heard = bytearray()
        self._loop, self._key, self._greets, self._says, self._ends = loop, key, greets, says, ends
        self._transport: Any = None
        self._leaving: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        if self._greets:
            transport.write(hello(1, {"nonce": MINE}))
        else:
            self._raid()

    def data_received(self, data: bytes) -> None:
        if len(self.heard) < 100_000:
            self.heard += data
        if self._greets and len(self.heard) >= SIZE:
            length, kind, *_ = unpack_from(self.heard)
            if kind == HELLO and len(self.heard) >= SIZE + length:
                self._greets = False
                theirs = msgspec.msgpack.decode(self.heard[SIZE : SIZE + length])["nonce"]
                self._transport.write(hello(3, {"proof": proof(self._key, "client", MINE, theirs)}))
                self._raid()

    def _raid(self) -> None:
        transport = self._transport
        transport.write(self._says)
        if self._ends == "close":
            transport.close()
        elif self._ends == "abort":
            self._leaving = self._loop.call_later(0, transport.abort)
        else:
            if self._ends == "eof":
                transport.write_eof()
            self._leaving = self._loop.call_later(WAITS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        if not self.over.done():
            self.over.set_result(None)


async def raid(
    address: str, attacks: Iterable[tuple[bool, bytes, str]], *, key: bytes | None = None, at_once: int = 64
) -> Counter[str]:
    """Make all these connections, some at a time; how many could be made and how many not."""
    loop, waiting, outcome = asyncio.get_running_loop(), iter(attacks), Counter[str]()
    host, _, port = address.rpartition(":")

    async def one_after_another() -> None:
        for greets, says, ends in waiting:
            try:
                async with asyncio.timeout(60):
                    _, raider = await loop.create_connection(lambda g=greets, s=says, e=ends: Raider(loop, key, g, s, e),
                                                             host, int(port))  # fmt: skip
                    await raider.over
            except OSError:
                outcome["not made"] += 1
            else:
                outcome["made"] += 1

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return outcome
