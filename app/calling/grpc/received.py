"""A stream of answers as it arrives from a peer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ...ambient import DEADLINE_PASSED, NEVER, Expiry
from ...module.failure import DeadlineExceeded
from ..sending import Sender
from ..streams import ALREADY, Call, Producer, Stream

if TYPE_CHECKING:
    from ..target import Side
    from .client import RemoteTarget


class Received(Stream):
    """Items in the order sent. Leaving the loop cancels the call, and with it the peer's producer."""

    __slots__ = ("_args", "_expiry", "_items", "_rpc", "_sender", "_side", "_target")

    def __init__(self, call: Call, target: RemoteTarget, side: Side, args: tuple[Any, ...]) -> None:
        super().__init__(call)
        self._target = target
        self._side = side
        self._args: tuple[Any, ...] = args
        self._expiry: Expiry = NEVER
        self._rpc: Any = None
        self._items: Any = None
        self._sender: Sender | None = None

    async def _opened(self) -> Any:
        from .client import CALL_OVER, timeout_of

        ambient = self._begin()
        self._expiry = ambient.expiry
        wire, target = self._side.wire, self._target
        try:
            headers, timeout = target.headers(ambient), timeout_of(ambient)
            if self._side.method.streams_in:
                producer = Producer(aiter(self._args[0]), self._context)
                self._rpc = target.line().method("stream_stream", wire.path)(timeout=timeout, metadata=headers)
                self._sender = Sender(self._rpc, producer, wire.encode_request, self._side.method.request, CALL_OVER)
            else:
                data = wire.encode_request(wire.message(*self._args))
                method = target.line().method("unary_stream", wire.path)
                self._rpc = method(data, timeout=timeout, metadata=headers)
        except BaseException as error:
            self._end(error)
            raise
        self._items = aiter(self._rpc)  # not `read`: that looks at the status before what is left of the items
        self._args = ()
        return await self.__anext__()

    async def __anext__(self) -> Any:
        if self._rpc is None or self._over:
            return await self._first()
        failure: BaseException
        try:
            reply = await self._items.__anext__()
            if not self._expiry.expired:
                return self._target.result(self._side, reply)
            failure = StopAsyncIteration()
        except StopAsyncIteration:
            failure = StopAsyncIteration()
        except BaseException as error:
            if type(error) is RuntimeError and getattr(self._items, "ag_running", False):
                raise RuntimeError(ALREADY) from None  # whoever waits is not disturbed
            failure = self._failure(error)
        if self._expiry.expired:
            failure = DeadlineExceeded(DEADLINE_PASSED)
        closing = self._closing()
        self._end(None if isinstance(failure, StopAsyncIteration) else failure)
        await closing()
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame: a circle would wait for the collector

    def _failure(self, error: BaseException) -> BaseException:
        if self._sender is not None and self._sender.error is not None:
            return self._sender.error
        try:
            failure = self._target.failure(error, self._side.wire)
        except BaseException as own:  # this task's cancellation
            return own
        return StopAsyncIteration() if self._over else failure  # closed by somebody else meanwhile

    def _closing(self) -> Callable[[], Coroutine[Any, Any, None]]:
        rpc, sender = self._rpc, self._sender

        async def close() -> None:
            if rpc is not None and not rpc.done():
                rpc.cancel()
            if sender is not None:
                await sender.aclose()

        return close
