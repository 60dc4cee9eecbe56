"""Calls one URL over kept-open connections as fast as answers come. Lean, so that the server is what is measured."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from .child import answer, questions


class Caller(asyncio.Protocol):
    """One connection: sends the request again whenever an answer is complete."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.answers = 0
        self.running = True
        self.failed = ""
        self._seen = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, end, body = self._seen.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        start = lower.find(b"content-length:") + 15
        length = int(lower[start:].split(b"\r\n", 1)[0]) if start > 14 else 0
        if len(body) < length:
            return
        if b" 200 " not in head[:20]:
            self.failed = self.failed or head.decode(errors="replace")
        self._seen = body[length:]
        self.answers += 1
        if self.running and self._transport is not None:
            self._transport.write(self.request)


async def load(host: str, port: int, path: str, connections: int, seconds: float) -> dict[str, Any]:
    """Answers a second over all connections."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Caller(request), host, port) for _ in range(connections)]
    began, before = perf_counter(), sum(caller.answers for _, caller in made)
    await asyncio.sleep(seconds)
    answers, took = sum(caller.answers for _, caller in made) - before, perf_counter() - began
    for transport, caller in made:
        caller.running = False
        transport.close()
    return {"rate": answers / took, "failed": next((caller.failed for _, caller in made if caller.failed), "")}


def main() -> None:
    """Answers `{host, port, path, connections, seconds}` with `{rate, failed}`."""
    with asyncio.Runner() as runner:
        for question in questions():
            answer(runner.run(load(**question)))


if __name__ == "__main__":
    main()
