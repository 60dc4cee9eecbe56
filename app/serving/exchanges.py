"""Requests under way: who is served right now, whether the client is still there, and how they are drained.

Litestar does not notice a client that leaves. Watching costs a task, so it begins with a request's second sweep: the
quick ones, which are nearly all, never pay for it, and a client's leaving is noticed within two sweeps.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from ..ambient import Principal
from .answers import Receive, Send

SWEEP = 0.015
"""Seconds between two looks at the requests under way."""
_READ_AHEAD = 64 * 1024
_FAREWELL = 0.1
"""Seconds for a WebSocket's handler to end by itself once it has been told that the server goes."""


class Exchange:
    """One request and its response, or one WebSocket."""

    __slots__ = (
        "_arrived", "_kept", "_kept_bytes", "_reading", "_receive", "_seen", "_send", "_taken", "_watcher",
        "cut", "done", "endless", "gone", "principal", "started", "task", "trace",
    )  # fmt: skip

    def __init__(self, receive: Receive, send: Send, trace: str, endless: bool = False) -> None:
        self._receive, self._send = receive, send
        self.trace = trace
        """The traceparent that arrived, or empty."""
        self.principal: Principal | None = None
        """Whom `Authorization` stands for."""
        self.task: asyncio.Task[Any] | None = asyncio.current_task()
        self.endless = endless
        """An event stream or a WebSocket: it has no end of its own to wait for."""
        self.started = self.done = False
        """Whether the response has begun, and whether it is complete."""
        self.gone = self.cut = False
        """Whether the client has left, and whether we have cut the exchange off."""
        self._seen = self._reading = False
        self._watcher: asyncio.Task[None] | None = None

    async def send(self, message: Any) -> None:
        """The application's way out."""
        if message["type"] == "http.response.start":
            self.started = True
        elif not message.get("more_body"):
            self.done = True
        await self._send(message)

    async def receive(self) -> Any:
        """The application's way in; what the watcher has read meanwhile comes first."""
        if self._watcher is None:
            self._reading = True
            try:
                return await self._receive()
            finally:
                self._reading = False
        while not self._kept:
            self._arrived.clear()
            await self._arrived.wait()
        message = self._kept[0]
        if message["type"] != "http.disconnect":
            self._kept.popleft()
            self._kept_bytes -= len(message.get("body", b""))
            self._taken.set()
        return message

    def sweep(self) -> None:
        """Begin to watch for the client's leaving, the second time that this exchange is met."""
        if not self._seen:
            self._seen = True
        elif self._watcher is None and not self._reading and not self.done:
            self._kept: deque[Any] = deque()
            self._kept_bytes = 0
            self._arrived, self._taken = asyncio.Event(), asyncio.Event()
            self._watcher = asyncio.get_running_loop().create_task(self._watch(), context=Context())

    async def _watch(self) -> None:
        while True:
            message = await self._receive()
            self._kept.append(message)
            self._arrived.set()
            if message["type"] == "http.disconnect":
                if not self.done and self.task is not None:
                    self.gone = True
                    self.task.cancel("the client left")
                return
            self._kept_bytes += len(message.get("body", b""))
            while self._kept_bytes > _READ_AHEAD:
                self._taken.clear()
                await self._taken.wait()

    def cut_off(self) -> None:
        """End it now, whatever it does."""
        self.cut = True
        if self.task is not None:
            self.task.cancel("the server stops")

    def close(self) -> None:
        """Nobody watches any longer."""
        if self._watcher is not None:
            self._watcher.cancel()


class UnderWay:
    """All exchanges of an edge."""

    def __init__(self) -> None:
        self._exchanges: set[Exchange] = set()
        self._sweeping = False
        self._changed: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        self._exchanges.add(exchange)
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(SWEEP, self._sweep, context=Context())

    def remove(self, exchange: Exchange) -> None:
        self._exchanges.discard(exchange)
        if exchange._watcher is not None:
            exchange.close()
        if self._changed is not None:
            self._changed.set()

    def _sweep(self) -> None:
        for exchange in self._exchanges:
            if not exchange.endless:
                exchange.sweep()
        self._sweeping = bool(self._exchanges)
        if self._sweeping:
            asyncio.get_running_loop().call_later(SWEEP, self._sweep)

    async def drain(self, seconds: float) -> int:
        """Wait until all have ended that have an end, `seconds` at most; cut off the rest and say how many."""
        await self._until(lambda: all(exchange.endless for exchange in self._exchanges), seconds)
        await self._until(lambda: not self._exchanges, min(seconds, _FAREWELL))
        left = list(self._exchanges)
        for exchange in left:
            exchange.cut_off()
        await self._until(lambda: not self._exchanges, 1.0)  # past that, somebody swallows cancellation
        return len(left)

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        self._changed = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pass
        finally:
            self._changed = None
