"""Answers from another process over gRPC: our own, or a foreign service behind the same contract."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import copy_context
from typing import Any

import grpc
import grpc.aio

from ...ambient import FAR, Ambient
from ...module.failure import Failure, Internal, Unavailable
from ...module.spec import ContractSpec, MethodSpec
from ..crossing import INTERNAL_TEXT, broke
from ..metadata import Header, headers_of
from ..rotation import Rotation
from ..sending import Sender
from ..status import failure_of
from ..streams import Call, Producer, Stream
from ..target import Side, Streaming, Unary
from ..wire import MethodWire
from .channels import Channels, Line
from .received import Received

CALL_OVER = (grpc.aio.AioRpcError, asyncio.InvalidStateError)
"""What writing to a call raises once it has ended."""


class RemoteTarget:
    """Answers a contract by asking peers, in turn. `foreign`: a service that is not of this deployment."""

    def __init__(self, spec: ContractSpec, channels: Channels, addresses: Sequence[str], foreign: bool = False) -> None:
        self.spec = spec
        self.addresses: tuple[str, ...] = tuple(addresses)
        self.placement = "external" if foreign else "remote"
        self._foreign = foreign
        self._channels = channels
        self._seal = None if foreign else channels.seal
        self._rotation: Rotation[Line] | None = None

    def quick(self, method: MethodSpec) -> None:
        return None

    def line(self) -> Line:
        """Where the next call goes. Raises Unavailable when the channels are closed."""
        rotation = self._rotation
        if rotation is None:
            if self._channels.closed:
                raise self.unreachable()
            lines = [self._channels.line(address, self._foreign) for address in self.addresses]
            for line in lines:
                line.contracts.add(self.spec.contract.__name__)
            rotation = self._rotation = Rotation(lines)
        return rotation.next()

    def headers(self, ambient: Ambient) -> list[Header]:
        """What goes with a call of this ambient."""
        return headers_of(ambient, self._seal, self.spec.service, outside=self._foreign)

    def unreachable(self) -> Unavailable:
        """Nobody is there."""
        return Unavailable(f"{self.spec.contract.__name__} cannot be reached")

    def unary(self, side: Side) -> Unary:
        return self._streamed(side) if side.method.streams_in else self._single(side)

    def _single(self, side: Side) -> Unary:
        wire = side.wire
        message, path = wire.message, wire.path

        async def answer(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            data = wire.encode_request(message(*args))
            headers = self.headers(ambient)
            line = self.line()
            call = line.method("unary_unary", path)
            failure: Failure
            try:
                reply = await call(data, timeout=timeout_of(ambient), metadata=headers)
            except BaseException as error:
                if ambient.expiry.expired or _is_late(error):  # our clock and gRPC's run side by side
                    line.late()
                elif isinstance(error, grpc.aio.AioRpcError):
                    line.answered()
                failure = self.failure(error, wire)
            else:
                line.answered()
                return self.result(side, reply)
            raise failure

        return answer

    def _streamed(self, side: Side) -> Unary:
        wire = side.wire

        async def answer(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            headers = self.headers(ambient)
            producer = Producer(aiter(args[0]), copy_context())
            call = self.line().method("stream_unary", wire.path)(timeout=timeout_of(ambient), metadata=headers)
            sender = Sender(call, producer, wire.encode_request, side.method.request, CALL_OVER)
            failure: BaseException
            try:
                reply = await call
            except BaseException as error:
                failure = sender.error or self.failure(error, wire)
            else:
                return self.result(side, reply)
            finally:
                await sender.aclose()
            raise failure

        return answer

    def streaming(self, side: Side) -> Streaming:
        def answer(call: Call, args: tuple[Any, ...]) -> Stream:
            return Received(call, self, side, args)

        return answer

    def result(self, side: Side, reply: bytes) -> Any:
        """A result, or an item, as bytes. Raises Internal where they are not what the contract promises."""
        try:
            return side.wire.decode_result(reply)
        except ValueError as error:
            wrong = error
        raise broke(wrong, side.method, "", side.tell)

    def failure(self, error: BaseException, wire: MethodWire) -> Failure:
        """The failure that an error of a gRPC call stands for. Raises what is none: the task's own cancellation."""
        if isinstance(error, grpc.aio.AioRpcError):
            code: int = error.code().value[0]
            return failure_of(code, error.details() or "", error.trailing_metadata() or (), wire)
        if isinstance(error, asyncio.CancelledError):
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise error
            return self.unreachable()  # the channel was closed under the call
        if isinstance(error, grpc.aio.UsageError):
            return self.unreachable()
        if isinstance(error, Exception):
            return Internal(INTERNAL_TEXT)
        raise error


def _is_late(error: BaseException) -> bool:
    return isinstance(error, grpc.aio.AioRpcError) and error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def timeout_of(ambient: Ambient) -> float | None:
    """Seconds that remain, as gRPC takes them; None without a deadline.

    The header has three digits and gRPC rounds it up: what travels would be more than what remains.
    """
    left = ambient.expiry.remaining()
    if left < 1.0:
        return left
    if left > FAR:
        return None
    grain = 0.01 if left < 10 else 0.1 if left < 100 else 1.0 if left < 1000 else 60.0
    return left - left % grain
