"""A stream of requests on its way out: no faster than the peer takes it, closed when the call is over."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc.aio

from ...module.failure import Internal, InvalidArgument
from ..crossing import INTERNAL_TEXT
from ..streams import Producer
from ..wire import MethodWire


class Sender:
    """Sends what a caller produces. `error` is what went wrong in the caller's own stream."""

    def __init__(self, call: Any, producer: Producer, wire: MethodWire) -> None:
        self._call = call
        self._producer = producer
        self._wire = wire
        self.error: BaseException | None = None
        self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        call, encode, expected = self._call, self._wire.encode_request, self._wire.method.request
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
            except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                return  # the call is over; its own status says how
        try:
            await call.done_writing()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
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
