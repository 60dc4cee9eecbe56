"""Blocking implementations: plain `def` methods on a bounded pool of threads, one for each module, ambient copied."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from ..module.spec import MethodSpec

SIZE = min(32, (os.cpu_count() or 1) + 4)
"""Threads of a module's pool by default; calls past that wait for a free one, within their deadline."""


class Threads:
    """One module's pool. Its threads start when first needed and idle until `close`."""

    def __init__(self, module: str, size: int = SIZE) -> None:
        self._module = module
        self._size = size
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function in a thread, in a copy of this context. Cancelling stops the waiting, not the thread."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._size, thread_name_prefix=f"{self._module}-")
        context = copy_context()

        def work() -> Any:
            return context.run(_careful, function, args)

        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let the threads end; work that waits for one is given up, work that runs is left to finish."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


@dataclass(frozen=True, slots=True)
class ThreadedInstance:
    """An instance whose plain `def` methods run on a pool. Made of what `in_threads(…)` declared."""

    instance: Any
    threads: Threads


def threaded(method: MethodSpec, function: Callable[..., Any], threads: Threads) -> Callable[..., Any]:
    """A plain `def` method as the contract wants it: async, with async streams."""

    async def unary(*args: Any, **named: Any) -> Any:
        return await threads.run(partial(function, **named) if named else function, *_given(method, args))

    async def streaming(*args: Any, **named: Any) -> AsyncIterator[Any]:
        steps = _Steps(iter(await threads.run(partial(function, **named), *_given(method, args))))
        try:
            while (item := await threads.run(steps.next)) is not _END:
                yield item
        finally:
            await threads.run(steps.close)

    return streaming if method.streams_out else unary


_END = object()


class _Steps:
    """A plain iterator that threads step. Nobody waits for a step that was given up: it closes when it is over."""

    __slots__ = ("_busy", "_items", "_over")

    def __init__(self, items: Iterator[Any]) -> None:
        self._items = items
        self._busy = Lock()
        self._over = False

    def next(self) -> Any:
        with self._busy:
            item = _END if self._over else next(self._items, _END)
        if self._over:
            self._close()
        return item

    def close(self) -> None:
        self._over = True
        self._close()

    def _close(self) -> None:
        close = getattr(self._items, "close", None)
        if close is not None and self._busy.acquire(blocking=False):
            try:
                close()
            finally:
                self._busy.release()


def _given(method: MethodSpec, args: tuple[Any, ...]) -> tuple[Any, ...]:
    return (_pulled(args[0], asyncio.get_running_loop()),) if method.streams_in else args


def _pulled(items: AsyncIterator[Any], loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """An async stream as a thread reads it: each item is fetched on the loop while the thread waits."""

    async def step() -> Any:
        return await anext(items, _END)

    while (item := asyncio.run_coroutine_threadsafe(step(), loop).result()) is not _END:
        yield item


def _careful(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    try:
        return function(*args)
    except StopIteration as error:  # no future carries one: its waiter would never wake
        raise RuntimeError("a StopIteration left the implementation") from error
