"""A contract answered by somebody else's server, which has never heard of us: a plain grpc.aio one."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
import pytest

from app import DeadlineExceeded, Internal, NotFound, Unavailable, deadline
from app.calling.connect import connect
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.testing import acting_as

from .echo import TENANT, Echo, Item, Point
from .relay import Relay, relay

pytestmark = pytest.mark.topology("all", "loopback-grpc")
SERVICE = "echo.Echo"


@asynccontextmanager
async def foreign() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A server of raw bytes; what metadata arrived."""
    spec, schema, seen = spec_of(Echo), Schema(), list[dict[str, Any]]()
    schema.add(spec)
    item = schema.codec(Item)

    async def hang(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        seen.append(dict(context.invocation_metadata() or ()))
        if b"forever" in request:
            await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED)
        return schema.codec(Point).encode(Point(x=5))

    async def fail(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        if b"nowhere" in request:
            await context.abort(grpc.StatusCode.NOT_FOUND, "somebody else's words")
        if b"rubbish" in request:
            return b"\xff\xff\xff"
        raise ValueError("a foreign bug")

    async def count(request: bytes, context: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
        for number in range(3):
            yield item.encode(Item(number=number))

    handlers = {
        "Hang": grpc.unary_unary_rpc_method_handler(hang),
        "Fail": grpc.unary_unary_rpc_method_handler(fail),
        "Count": grpc.unary_stream_rpc_method_handler(count),
    }
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(spec.service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}", seen
    finally:
        await server.stop(0)


async def test_results_and_streams_arrive_and_nothing_of_ours_is_told_to_strangers(test_host) -> None:
    async with foreign() as (address, seen), test_host(relay, external={Echo: address}) as host:
        with acting_as("ann", "admin"), TENANT.set("acme"), deadline(60):
            assert await host.get(Relay).hang("a") == Point(x=5)
        assert [item.number async for item in host.get(Relay).count(3)] == [0, 1, 2]
        assert "ann" not in str(seen)


async def test_its_failures_are_ours_by_kind(test_host) -> None:
    async with foreign() as (address, _), connect(Echo, address, foreign=True) as caller:
        with pytest.raises(NotFound, match="somebody else's words"):
            await caller.fail("nowhere")
        with pytest.raises(Internal):
            await caller.fail("rubbish")
        with pytest.raises(DeadlineExceeded):
            await caller.hang("forever")
    async with foreign() as (address, _), test_host(relay, external={Echo: address}) as host:
        with pytest.raises(Internal):
            await host.get(Relay).fail("rubbish")


async def test_when_it_is_gone_calls_are_unavailable(test_host) -> None:
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))  # so that nobody else comes to listen there
        address = f"127.0.0.1:{gone.getsockname()[1]}"
        async with test_host(relay, external={Echo: address}) as host:
            with pytest.raises(Unavailable), deadline(60):
                await host.get(Relay).hang("a")
