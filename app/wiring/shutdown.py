"""Asks the host to stop, from anywhere: a handler, background work, another thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import NamedTuple

from ..telling.steps import ShutdownRequested, Teller


class Request(NamedTuple):
    """Why the host should stop: the process's exit code, and what went wrong."""

    code: int
    cause: BaseException | None


class Shutdown:
    """Inject it and call it: `shutdown()` or `shutdown(1, cause)`. The first request counts; the host then drains,
    stops and exits with its code."""

    def __init__(self, tell: Teller, forward: Callable[[int, BaseException | None], None] | None = None) -> None:
        self._tell = tell
        self._forward = forward
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self.request: Request | None = None
        """The request that counts, once there is one."""

    def __call__(self, code: int = 0, cause: BaseException | None = None) -> None:
        with self._lock:
            if self.request is not None:
                return
            self.request = Request(code, cause)
            waiting, self._waiting = self._waiting, []
        if self._forward is None:
            self._tell(ShutdownRequested(code=code, cause=cause))
        elif self._loop is None or self._loop is _running():
            self._forward(code, cause)
        else:
            self._loop.call_soon_threadsafe(self._forward, code, cause)
        for loop, future in waiting:
            loop.call_soon_threadsafe(_wake, future)

    def bind(self) -> None:
        """Take the running loop for the host's own: requests from other threads are passed on there."""
        self._loop = asyncio.get_running_loop()

    async def wait(self) -> Request:
        """Wait until somebody asks."""
        with self._lock:
            if self.request is not None:
                return self.request
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.append((loop, future))
        await future
        assert self.request is not None
        return self.request

    def reset(self) -> None:
        """Forget the request: a host that starts again has not been asked yet."""
        with self._lock:
            self.request = None


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
