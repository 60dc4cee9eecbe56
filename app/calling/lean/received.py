"""A stream of answers as it arrives over the lean wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any

from ...ambient import DEADLINE_PASSED, NEVER, Expiry
from ...module.failure import DeadlineExceeded, ResourceExhausted
from ..sending import Sender
from ..streams import Call, Producer, Stream
from ..wire import TOO_LARGE
from .flow import BREATH, Inbox, Taken
from .frames import CHUNK, META, REQUEST, pack, time_left
from .link import DONE, Link

if TYPE_CHECKING:
    from ..target import Side
    from .lines import Line
    from .target import LeanTarget


class Received(Stream):
    """Items in the order sent. Leaving the loop cancels the call, and with it the peer's producer."""

    __slots__ = ("_args", "_expiry", "_id", "_inbox", "_line", "_link", "_n", "_sender", "_side",
                 "_slot", "_target")  # fmt: skip

    def __init__(self, call: Call, target: LeanTarget, side: Side, args: tuple[Any, ...]) -> None:
        super().__init__(call)
        self._target = target
        self._side = side
        self._args: tuple[Any, ...] = args
        self._expiry: Expiry = NEVER
        self._line: Line | None = None
        self._link: Link | None = None
        self._inbox: Inbox | None = None
        self._sender: Sender | None = None
        self._id = 0
        self._slot = -1
        self._n = 0

    async def _opened(self) -> Any:
        ambient = self._begin()
        self._expiry = expiry = ambient.expiry
        target, side = self._target, self._side
        try:
            meta = target.meta(ambient)
            data = b"" if side.method.streams_in else side.wire.lean.encode_request(side.wire.message(*self._args))
            producer = Producer(aiter(self._args[0]), self._context) if side.method.streams_in else None
            self._args = ()
            self._line, link, call = await target.opened(side, ambient)
            if self._over:  # closed by somebody else meanwhile
                raise StopAsyncIteration
            self._link, self._id = link, call
            self._inbox = link.stream(call)
            if expiry.at < NEVER.at:
                self._slot = link.sweep.add(call, expiry.at)
            if producer is not None:
                target.begun(link, side, ambient, call, meta)
                self._sender = target.sent(link, call, side, producer)
            else:
                code, flags = link.codes[side.wire.path], META if meta else 0
                arg = time_left(expiry.at - monotonic())
                if len(data) > link.welcome.most:
                    raise ResourceExhausted(TOO_LARGE)
                if len(data) <= CHUNK:
                    link.send(pack(len(meta) + len(data), REQUEST, flags, code, call, arg) + meta + data)
                else:
                    await link.send_bulk(REQUEST, flags, code, call, arg, data, meta)
        except BaseException as error:
            closing = self._closing()
            self._end(error)
            await closing()
            raise
        return await self.__anext__()

    async def __anext__(self) -> Any:
        inbox = self._inbox
        if inbox is None or self._over:
            return await self._first()
        failure: BaseException
        try:
            self._n += 1
            if not self._n % BREATH:
                await asyncio.sleep(0)
            got = await inbox.get()
            if type(got) is bytes:
                if not self._expiry.expired:
                    return self._target.result(self._side, got)
                failure = StopAsyncIteration()
            else:
                failure = self._outcome(got)
        except Taken:  # whoever waits is not disturbed
            raise
        except BaseException as error:
            failure = error
        if self._expiry.expired:
            failure = DeadlineExceeded(DEADLINE_PASSED)
        closing = self._closing()
        self._end(None if isinstance(failure, StopAsyncIteration) else failure)
        await closing()
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame: a circle would wait for the collector

    def _outcome(self, got: Any) -> BaseException:
        assert self._line is not None
        if self._sender is not None and self._sender.error is not None:
            return self._sender.error
        if got is DONE:
            self._line.answered()
            return StopAsyncIteration()
        return self._target.failure(self._line, self._side, got)

    def _closing(self) -> Callable[[], Coroutine[Any, Any, None]]:
        link, call, sender, slot = self._link, self._id, self._sender, self._slot

        async def close() -> None:
            if link is not None:
                link.give_up(call)
                if slot >= 0:
                    link.sweep.discard(call, slot)
            if sender is not None:
                await sender.aclose()

        return close
