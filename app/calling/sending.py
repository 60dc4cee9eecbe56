"""A stream of requests on its way out: no faster than the peer takes it, closed when the call is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from ..module.failure import Internal, InvalidArgument
from .crossing import INTERNAL_TEXT
from .streams import Producer


class Outgoing(Protocol):
    """A call's way out, whichever wire it goes over. What it raises once the call is over, its sender is told."""

    async def write(self, data: bytes) -> Any: ...

    async def done_writing(self) -> Any: ...

    def cancel(self) -> Any: ...


class Sender:
    """Sends what a caller produces, items of `expected` by `encode`. `error` is what went wrong in the caller's own
    stream. over: what `call` raises once it has ended; its own status says how."""

    def __init__(
        self,
        call: Outgoing,
        producer: Producer,
        encode: Callable[[Any], bytes],
        expected: type[Any],
        over: tuple[type[Exception], ...],
    ) -> None:
        self._call = call
        self._producer = producer
        self._encode = encode
        self._expected = expected
        self._over = over
        self.error: BaseException | None = None
        self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        call, encode, expected = self._call, self._encode, self._expected
        while True:
            try:
                item = await self._producer.step()
                if type(item) is not expected:
                    raise InvalidArgument(f"the stream holds a {type(item).__name__}, not a {expected.__name__}")
                data = encode(item)
            except StopAsyncIteration:
                break
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                self.error = Internal(INTERNAL_TEXT)  # the caller's stream gave itself up
                call.cancel()
                return
            except BaseException as error:
                self.error = error
                call.cancel()
                return
            try:
                await call.write(data)
            except self._over:
                return
        try:
            await call.done_writing()
        except self._over:
            return

    async def aclose(self) -> None:
        """Stop sending and close the caller's producer."""
        if not self._task.done():
            self._task.cancel()
        await asyncio.wait([self._task])
        try:
            await self._producer.aclose()
        except Exception as error:
            self.error = self.error or error
