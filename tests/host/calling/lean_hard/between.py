"""A wire between two ends that can be cut without a word, as a machine that is gone or a firewall that forgets does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Between:
    """Passes on what either end says, until it is told not to; it hangs up on nobody."""

    def __init__(self, there: str) -> None:
        self._there = there
        self.passes = asyncio.Event()
        self.passes.set()
        self.address = ""
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await self.passes.wait()
        host, _, port = self._there.rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            self._tasks.add(asyncio.create_task(self._carry(source, sink)))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                await self.passes.wait()
                sink.write(data)
                await sink.drain()
            await self.passes.wait()
        except OSError:
            await self.passes.wait()
        finally:
            sink.close()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def between(there: str) -> AsyncIterator[Between]:
    """An address that leads there."""
    wire = Between(there)
    server = await asyncio.start_server(wire.accept, "127.0.0.1", 0)
    wire.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield wire
        await wire.close()
