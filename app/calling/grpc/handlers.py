"""Handlers of incoming calls, one for each method of a binding, for all four shapes of a call."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio

from ...ambient import incoming
from ...module.failure import Failure, Internal
from ..binding import Binding
from ..cell import Cell
from ..crossing import INTERNAL_TEXT, broke
from ..desk import Desk, observed
from ..status import status_of

CODES = {code.value[0]: code for code in grpc.StatusCode}


def handlers_of(binding: Binding, desk: Desk) -> grpc.GenericRpcHandler:
    """The service of a binding, for a gRPC server."""
    methods: dict[str, Any] = {}
    for cell in binding.cells.values():
        method = cell.side.method
        make = _streaming if method.streams_out else _unary
        shape = f"{'stream' if method.streams_in else 'unary'}_{'stream' if method.streams_out else 'unary'}"
        handler = getattr(grpc, f"{shape}_rpc_method_handler")(make(cell, binding.spec.service, desk))
        methods[method.wire] = handler
    return grpc.method_handlers_generic_handler(binding.spec.service, methods)


def _unary(cell: Cell, service: str, desk: Desk) -> Callable[[Any, Any], Any]:
    wire, method = cell.side.wire, cell.side.method
    decode, encode, arguments = wire.decode_request, wire.encode_result, wire.arguments
    default = method.declaration.deadline or desk.default_deadline
    streams_in = method.streams_in

    async def handle(request: Any, context: Any) -> Any:
        try:
            desk.enter()
        except Failure as failure:
            return await _abort(context, failure, cell)
        failure: Failure
        try:
            ambient = desk.read(context.invocation_metadata(), service)
            left = context.time_remaining()
            with incoming(default if left is None else left, ambient):
                args = (_requests(context, decode),) if streams_in else arguments(decode(request))
                if desk.observer is None:
                    return encode(await cell.lane.arrived(ambient, args))
                with observed(desk.observer, method, ambient) as seen:
                    return encode(await cell.lane.arrived(seen, args))
        except Failure as error:
            failure = error
        except Exception as error:
            failure = _broke(error, cell, desk)
        finally:
            desk.leave()
        return await _abort(context, failure, cell)

    return handle


def _streaming(cell: Cell, service: str, desk: Desk) -> Callable[[Any, Any], Any]:
    wire, method = cell.side.wire, cell.side.method
    decode, encode, arguments = wire.decode_request, wire.encode_result, wire.arguments
    default = method.declaration.deadline or math.inf

    async def handle(request: Any, context: Any) -> None:
        try:
            desk.enter()
        except Failure as failure:
            return await _abort(context, failure, cell)
        failure: Failure
        try:
            ambient = desk.read(context.invocation_metadata(), service)
            left = context.time_remaining()
            with incoming(default if left is None else left, ambient):
                args = (_requests(context, decode),) if method.streams_in else arguments(decode(request))
                with observed(desk.observer, method, ambient):
                    items = cell.stream(args, arrived=True)
                    try:
                        async for item in items:
                            await context.write(encode(item))
                    finally:
                        await items.aclose()
            return None
        except Failure as error:
            failure = error
        except Exception as error:
            failure = _broke(error, cell, desk)
        finally:
            desk.leave()
        return await _abort(context, failure, cell)

    return handle


async def _requests(context: Any, decode: Callable[[bytes], Any]) -> AsyncIterator[Any]:
    while (data := await context.read()) is not grpc.aio.EOF:
        yield decode(data)


def _broke(error: Exception, cell: Cell, desk: Desk) -> Internal:
    """A result that cannot be sent, most likely: told like anything else that an implementation does wrong."""
    return broke(error, cell.side.method, getattr(cell.lane.target, "module", ""), desk.tell)


async def _abort(context: Any, failure: Failure, cell: Cell) -> Any:
    try:
        code, text, trailers = status_of(failure, cell.side.wire)
    except Exception:  # gRPC would tell its text
        code, text, trailers = status_of(Internal(INTERNAL_TEXT), None)
    try:
        await context.abort(CODES[code], text, trailers)
    except grpc.aio.UsageError:  # the caller has gone
        return None
