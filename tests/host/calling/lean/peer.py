"""A peer that speaks the wire by hand, frame by frame, as well or as badly as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from app.calling.lean.frames import GOAWAY, HELLO, MAGIC, SIZE, VERSION, pack, unpack_from
from app.calling.lean.greeting import proof


@dataclass
class Frame:
    """A frame that arrived."""

    kind: int
    flags: int
    code: int
    call: int
    arg: int
    body: bytes

    @property
    def said(self) -> Any:
        return msgspec.msgpack.decode(self.body)


class Peer:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.codes: dict[str, int] = {}

    def send(self, kind: int, *, flags: int = 0, code: int = 0, call: int = 0, arg: int = 0, body: bytes = b"") -> None:
        self.writer.write(pack(len(body), kind, flags, code, call, arg) + body)

    def hello(self, stage: int, said: Any, *, version: int = VERSION) -> None:
        self.send(HELLO, code=version, call=MAGIC, arg=stage, body=msgspec.msgpack.encode(said))

    async def frame(self) -> Frame:
        """The next frame. Raises asyncio.IncompleteReadError at the end."""
        head = await self.reader.readexactly(SIZE)
        length, kind, flags, code, call, arg = unpack_from(head)
        return Frame(kind, flags, code, call, arg, await self.reader.readexactly(length))

    async def over(self) -> bytes:
        """Whatever is still said until the other end hangs up."""
        return await self.reader.read()

    async def goes_away(self) -> tuple[int, str]:
        """The code and the words of a GOAWAY, after which the other end hangs up."""
        frame = await self.frame()
        assert frame.kind == GOAWAY
        assert await self.over() == b""
        return frame.code, frame.body.decode()

    async def greet(self, key: bytes | None = None, window: int = 65536) -> Any:
        """Greet a server as a client does; what it says of itself."""
        mine = b"c" * 32
        self.hello(1, {"nonce": mine, "node": "by hand"})
        theirs = (await self.frame()).said["nonce"]
        self.hello(3, {"proof": proof(key, "client", mine, theirs), "most": 4 << 20, "window": window, "later": [1]})
        welcome = (await self.frame()).said
        self.codes = {}
        for service, methods in welcome["services"]:
            for method, _ in methods:
                self.codes[f"{service}/{method}"] = len(self.codes)
        return welcome


@asynccontextmanager
async def peer(address: str) -> AsyncIterator[Peer]:
    """A connection to a server, nothing said yet."""
    if address.startswith("unix:"):
        reader, writer = await asyncio.open_unix_connection(address.removeprefix("unix:"))
    else:
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
    try:
        async with asyncio.timeout(60):
            yield Peer(reader, writer)
    finally:
        writer.close()


async def until(holds: Any) -> None:
    """Wait for a condition; the test's own timeout is the limit."""
    while not holds():
        await asyncio.sleep(0.002)
