"""A target with faults in front of it: late, unreachable, or heard and never answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

from ..ambient import NOTHING, Ambient
from ..calling.streams import Call, Stream
from ..calling.target import Side, Streaming, Target, Unary
from ..module.failure import Unavailable
from ..module.spec import MethodSpec

if TYPE_CHECKING:
    from .faults import Injected

Draw = Callable[[str], "Injected"]


class FaultyTarget:
    """Asks for each call what shall happen to it, and otherwise lets the inner target answer."""

    def __init__(self, inner: Target, draw: Draw) -> None:
        self.inner = inner
        self.placement = inner.placement
        self.addresses = inner.addresses
        self._draw = draw

    def quick(self, method: MethodSpec) -> None:
        """Never: every call passes here."""
        return

    def unary(self, side: Side) -> Unary:
        inner, name = self.inner.unary(side), side.method.name

        async def answer(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            drawn = self._draw(name)
            if drawn.latency:
                await asyncio.sleep(drawn.latency)
            if drawn.fault in ("before", "partition"):
                raise broken(side, drawn)
            result = await inner(ambient, args)
            if drawn.fault:  # heard, perhaps done; the answer is lost
                raise broken(side, drawn)
            return result

        return answer

    def streaming(self, side: Side) -> Streaming:
        inner = self.inner.streaming(side)

        def answer(call: Call, args: tuple[Any, ...]) -> Stream:
            drawn = self._draw(side.method.name)
            if not (drawn.fault or drawn.latency):
                return inner(call, args)
            return FaultyStream(call, side, drawn, lambda within: inner(within, args))

        return answer


class _Within:
    """The inner stream's call, which the outer stream has begun: its end is the outer one's, with the fault where there
    is one."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._over = False
        self.ambient: Ambient = NOTHING
        self.failure: BaseException | None = None

    def begins(self, context: Context) -> Ambient:
        return self.ambient

    def ended(self, failure: BaseException | None) -> None:
        if not self._over:
            self._over = True
            self._call.ended(self.failure or failure)

    def answered(self) -> None:
        """The outer stream says so."""

    def elsewhere(self) -> None:
        """The outer stream has asked."""

    async def again(self, error: BaseException) -> bool:
        """The outer stream is the one that is tried again, with faults of its own."""
        return False

    def anew(self) -> Stream:
        raise AssertionError


class FaultyStream(Stream):
    """A stream that begins late, never, or breaks after some items."""

    __slots__ = ("_drawn", "_inner", "_left", "_open", "_side", "_within")

    def __init__(self, call: Call, side: Side, drawn: Injected, open: Callable[[Call], Stream]) -> None:
        super().__init__(call)
        self._side, self._drawn, self._open = side, drawn, open
        self._within = _Within(call)
        self._inner: Stream | None = None
        self._left = drawn.items if drawn.fault in ("after", "crash") else -1

    async def _opened(self) -> Any:
        self._within.ambient = self._begin()
        try:
            if self._drawn.latency:
                await asyncio.sleep(self._drawn.latency)
            if self._drawn.fault in ("before", "partition"):
                raise broken(self._side, self._drawn)
            if self._over:  # closed by somebody else meanwhile
                raise StopAsyncIteration
            self._inner = self._context.run(self._open, self._within)
            if self._left == 0:  # heard, and nothing of what is answered arrives
                await anext(self._inner)
        except BaseException as error:
            self._end(error)
            raise
        return await self.__anext__()

    async def __anext__(self) -> Any:
        if self._inner is None or self._over:
            return await self._first()
        if self._left == 0:
            self._over = True
            self._within.failure = broken(self._side, self._drawn)
            await self._inner.aclose()
            raise self._within.failure
        self._left -= 1
        try:
            return await anext(self._inner)
        except BaseException:
            self._over = self._inner.over
            raise

    def _end(self, failure: BaseException | None) -> None:
        self._over = True
        self._within.ended(failure)

    async def aclose(self) -> None:
        """Close the inner stream, where it is open."""
        if self._inner is not None:
            self._over = True
            await self._inner.aclose()
        await super().aclose()

    def _closing(self) -> None:
        return  # the inner stream closes itself when nobody holds it


def broken(side: Side, drawn: Injected) -> Unavailable:
    """The failure that a caller sees, as if the network had brought it."""
    return Unavailable(f"{side.method.full_name} cannot be reached: a fault of the test's ({drawn.fault})")
