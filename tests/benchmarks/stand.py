"""A stand that shoppers may mistake for the shop: answers each path as it was told, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@dataclass
class Stand:
    url: str = ""
    answers: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """By the beginning of the request line; otherwise 200."""
    asked: Counter[str] = field(default_factory=Counter[str])
    """Request lines without the version."""
    requests: list[str] = field(default_factory=list[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lengths = [line for line in head.lower().splitlines() if line.startswith("content-length:")]
                body = await reader.readexactly(int(lengths[0].partition(":")[2])) if lengths else b""
                line = head.partition(" HTTP/")[0]
                self.asked[line] += 1
                self.requests.append(head + body.decode())
                answer = next((text for start, text in self.answers.items() if line.startswith(start)), OK)
                if not answer:
                    return
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def stand(**answers: bytes) -> AsyncGenerator[Stand]:
    """Open a stand on a free port; `answers` by method, such as POST=…, or set `answers` afterwards."""
    opened = Stand(answers=dict(answers))
    server = await asyncio.start_server(opened.serve, "127.0.0.1", 0)
    async with server:
        opened.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield opened
