"""Streams in one process: the producer is stepped by its reader, in a context of its own, one item at a time."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextvars import Context, copy_context
from types import AsyncGeneratorType, coroutine
from typing import Any, Protocol, Self

from ..ambient import Ambient
from ..module.failure import InvalidArgument

BREATH = 63
"""A stream that never waits lets the loop turn once in this many items (and one): deadlines and others get a chance."""


ALREADY = "somebody else waits for this stream's next item"


class Call(Protocol):
    """What a binding does about a stream that it handed out."""

    def begins(self, context: Context) -> Ambient:
        """The first item is asked for: the ambient to answer in. Raises what refuses the call. context: the stream's own,
        where whatever is in force while it lasts belongs; its reader does other things in between."""
        ...

    def ended(self, failure: BaseException | None) -> None:
        """The stream is over; called once after `begins` went well. A GeneratorExit: its reader has left."""
        ...

    def answered(self) -> None:
        """The first item has come: whoever answers will do so to the end."""
        ...

    def elsewhere(self) -> Stream | None:
        """The stream to read in place of one that nobody has begun to read: of whoever answers by now. None where that
        has not changed."""
        ...

    async def again(self, error: BaseException) -> bool:
        """After a stream that ended before its first item: whether `anew` shall follow, once it is time for that. Otherwise
        the call is over. error: what came of it, which is not how it ended where its closing was cut short."""
        ...

    def anew(self) -> Stream:
        """The stream of another try."""
        ...


class Stream(ABC):
    """An answer that is a stream. Reading opens it; its end, a failure or leaving the loop closes the producer."""

    __slots__ = ("__weakref__", "_asked", "_call", "_closed", "_context", "_instead", "_loop", "_over", "_started")

    def __init__(self, call: Call) -> None:
        self._call = call
        self._context = copy_context()
        self._instead: Stream | None = None
        """What is read in place of this one."""
        self._asked = False
        """Whether somebody waits for the first item."""
        self._closed = False
        self._started = False
        self._over = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def __aiter__(self) -> Self:
        return self

    async def _first(self) -> Any:
        """The first item, of whoever answers by now; tried again like any call. Also whatever is asked for once another
        stream is read in place of this one, or all is over."""
        if self._instead is None and not (self._started or self._over):
            self._instead = self._context.run(self._call.elsewhere)
        if self._instead is not None:
            return await anext(self._instead)
        if self._asked and not self._closed:
            raise RuntimeError(ALREADY)
        self._asked = True
        try:
            item = await self._opened()
        except StopAsyncIteration:
            raise
        except BaseException as error:
            if not await self._call.again(error):
                raise
            if self._closed:
                self._call.ended(GeneratorExit())
                raise StopAsyncIteration from None
            self._instead = self._context.run(self._call.anew)
        else:
            self._call.answered()
            return item
        finally:
            self._asked = False
        return await anext(self._instead)

    @abstractmethod
    async def _opened(self) -> Any:
        """Open the stream: its first item. Raises StopAsyncIteration where it is over."""

    def _begin(self) -> Ambient:
        if self._over:
            raise StopAsyncIteration
        if self._started:
            raise RuntimeError(ALREADY)
        try:
            ambient = self._call.begins(self._context)
        except BaseException:
            self._over = True
            raise
        self._started = True
        self._loop = asyncio.get_running_loop()
        return ambient

    @property
    def over(self) -> bool:
        """Whether nothing more is to come of this one; another may be read in its place."""
        return self._over

    def _end(self, failure: BaseException | None) -> None:
        if not self._over:
            self._over = True
            self._call.ended(failure)

    @abstractmethod
    def __anext__(self) -> Awaitable[Any]: ...

    @abstractmethod
    def _closing(self) -> Callable[[], Coroutine[Any, Any, None]] | None:
        """What closes the producer, holding no reference to this object; None where nothing is open."""

    async def aclose(self) -> None:
        """Close the producer, and wait until it is."""
        self._closed = True
        if self._instead is not None:
            await self._instead.aclose()
        if self._over or not self._started:
            self._over = True
            return
        closing = self._closing()
        self._end(GeneratorExit())
        if closing is not None:
            await closing()

    def __del__(self) -> None:
        if self._over or not self._started:
            return
        closing, loop = self._closing(), self._loop
        self._end(GeneratorExit())
        if closing is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(close_later, loop, closing)


class Producer:
    """An async iterator stepped in a context of its own, whoever steps it."""

    __slots__ = ("iterator", "next", "run")

    def __init__(self, iterator: AsyncIterator[Any], context: Context) -> None:
        if type(iterator) is not AsyncGeneratorType:
            iterator = _generator(iterator)
        self.iterator = iterator
        self.next = iterator.__anext__
        self.run = context.run

    def step(self) -> Any:
        """The next item, to be awaited. Raises StopAsyncIteration, and whatever the producer raises."""
        return driven(self.run, self.next())

    @property
    def running(self) -> bool:
        """Whether somebody waits for an item."""
        return self.iterator.ag_running  # type: ignore[attr-defined]  # of async generators alone

    async def aclose(self) -> None:
        """Run the producer's tail, in its context."""
        await driven(self.run, self.iterator.aclose())  # type: ignore[attr-defined]  # of async generators alone


@coroutine
def driven(run: Callable[..., Any], awaitable: Any) -> Generator[Any, Any, Any]:
    """Await something whose every step is run by `run`: inside another context."""
    try:
        waiting = run(awaitable.send, None)
        while True:
            try:
                sent = yield waiting
            except BaseException as error:
                waiting = run(awaitable.throw, error)
            else:
                waiting = run(awaitable.send, sent)
    except StopIteration as done:
        return done.value


class Given:
    """A caller's stream of requests, as the callee reads it. What goes wrong in it is the caller's own affair: it is
    kept in `error` for the caller, and the callee is cancelled where it waits for the next item."""

    __slots__ = ("_arriving", "_expected", "_over", "_producer", "error")

    def __init__(self, items: Any, expected: type[Any], arriving: Callable[[Any], Any] | None) -> None:
        self._producer = Producer(aiter(items), copy_context())
        self._expected = expected
        self._arriving = arriving
        self._over = False
        self.error: BaseException | None = None

    def __aiter__(self) -> Given:
        return self

    async def __anext__(self) -> Any:
        if self._over:
            raise StopAsyncIteration
        try:
            item = await self._producer.step()
            if self._over:  # closed while this was under way, which was left to us
                await self._producer.aclose()
                raise StopAsyncIteration
            if type(item) is not self._expected:
                raise InvalidArgument(f"the stream holds a {type(item).__name__}, not a {self._expected.__name__}")
            return item if self._arriving is None else self._arriving(item)
        except StopAsyncIteration:
            self._over = True
            raise
        except asyncio.CancelledError:
            self._over = True
            raise
        except BaseException as error:
            self._over = True
            self.error = error
        raise asyncio.CancelledError("the caller's stream broke")

    async def aclose(self) -> None:
        """Close the caller's producer."""
        self._over = True
        if self._producer.running:
            return  # somebody waits for an item, and closes when it comes
        try:
            await self._producer.aclose()
        except Exception as error:
            self.error = self.error or error


async def _generator(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
    try:
        async for item in items:
            yield item
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()


_closings: set[asyncio.Task[None]] = set()
"""The loop itself holds tasks weakly."""


def close_later(loop: asyncio.AbstractEventLoop, closing: Callable[[], Coroutine[Any, Any, None]]) -> None:
    task = loop.create_task(closing())
    _closings.add(task)
    task.add_done_callback(_closings.discard)
