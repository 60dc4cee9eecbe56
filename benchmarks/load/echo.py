"""What answers with what it was sent, and who calls it: over the lean wire, bare grpc.aio and a bare asyncio protocol."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from app import ANYONE_KNOWN, Contract, Message, query
from app.ambient import Ambient, Principal, incoming
from app.calling.binding import Binding, bind
from app.calling.lean.lines import Lines
from app.calling.lean.server import LeanServer
from app.calling.lean.target import LeanTarget
from app.calling.lean.tls import Tls
from app.calling.local import local_target
from app.calling.policy import Policy
from app.calling.schema.schema import Schema
from app.config.sections import CallPolicy
from app.module.spec import spec_of
from app.telling.steps import Teller

from .certificates import files

SMALL, LONG = 100, 1_000_000
"""Bytes of a request, and of its answer."""
DEADLINE = 10.0
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACES = [f"00-4bf92f3577b34da6a3ce929d{number:08x}-00f067aa0ba902b7-01" for number in range(4096)]
SHOPPERS = [Principal(f"{number}@example.org", frozenset({"customer"})) for number in range(100)]
"""Calls come from requests of many: each has another trace, and few in a row have the same principal."""
KEY = b"k" * 32
SEALED = "s" * 140
"""As long as a signed principal: what bare gRPC carries in its place."""

POLICY = Policy(breaker_failures=CallPolicy().breaker_failures)
"""What calls have where nothing else is configured."""

Call = Callable[[], Awaitable[object]]
Calls = tuple[Call, Call]
"""One that is small, one that is long."""


class Parcel(Message):
    """What goes there and back."""

    id: Annotated[str, Meta(min_length=1, max_length=40)]
    text: Annotated[str, Meta(max_length=200)]
    number: Annotated[int, Meta(ge=0)]
    content: bytes = b""


class Echo(Contract, service="benchmarks.Echo"):
    """Answers with what it was sent."""

    @query(requires=ANYONE_KNOWN)
    async def say(self, parcel: Parcel) -> Parcel: ...


class Echoing(Echo):
    """Does nothing else, so that the call is what is measured."""

    async def say(self, parcel: Parcel) -> Parcel:
        return parcel


PARCELS = (Parcel("1234567890", "x" * 50, 12345), Parcel("1234567890", "", 12345, b"x" * LONG))


@asynccontextmanager
async def served(kind: str, address: str, folder: str) -> AsyncGenerator[None]:
    """Answer at an address. kind: `ours`, `grpc` or `echo`; folder: of certificates, for TLS."""
    if kind == "ours":
        binding = _binding()
        binding.swap(local_target(binding.spec, [Echoing()], "benchmarks"))
        server = LeanServer([binding], address=address, tell=Teller(), key=KEY, tls=_tls(folder))
        await server.start()
        server.ready(True)
        yield
        await server.stop(0)
    elif kind == "grpc":
        import grpc.aio  # not before the ends have been forked

        bare = grpc.aio.server()
        method = grpc.unary_unary_rpc_method_handler(_same)
        bare.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("benchmarks.Echo", {"Say": method})])
        bare.add_insecure_port(address)
        await bare.start()
        yield
        await bare.stop(0)
    else:
        listener = await asyncio.get_running_loop().create_unix_server(EchoServer, address.removeprefix("unix:"))
        yield
        listener.close()


@asynccontextmanager
async def calls(kind: str, address: str, folder: str) -> AsyncGenerator[Calls]:
    """Small and long calls of what answers there."""
    if kind == "ours":
        binding, lines = _binding(), Lines(key=KEY, tls=_tls(folder))
        binding.swap(LeanTarget(binding.spec, lines, (address,)))
        echo: Echo = binding.caller  # type: ignore[assignment]  # typed as a contract in general
        yield _ours(echo, PARCELS[0]), _ours(echo, PARCELS[1])
        await lines.close()
    elif kind == "grpc":
        import grpc.aio

        metadata = (("traceparent", TRACE), ("pangaea-principal", SEALED))
        async with grpc.aio.insecure_channel(address) as channel:
            method: Any = channel.unary_unary("/benchmarks.Echo/Say")
            data = (b"x" * SMALL, b"x" * LONG)
            yield (
                lambda: method(data[0], timeout=DEADLINE, metadata=metadata),
                lambda: method(data[1], timeout=DEADLINE, metadata=metadata),
            )
    else:
        loop = asyncio.get_running_loop()
        transport, client = await loop.create_unix_connection(EchoClient, address.removeprefix("unix:"))
        yield lambda: client.call(b"x" * SMALL), lambda: client.call(b"x" * LONG)
        transport.close()


def _binding() -> Binding:
    """As a host of production makes it: policy and counts on, nothing records, local values pass as they are."""
    spec, schema = spec_of(Echo), Schema()
    schema.add(spec)
    return bind(spec, schema, tell=Teller(), policy=POLICY)


def _ours(echo: Echo, parcel: Parcel) -> Call:
    requests = cycle((trace, SHOPPERS[number % len(SHOPPERS)]) for number, trace in enumerate(TRACES))

    async def call() -> None:
        trace, shopper = next(requests)
        with incoming(DEADLINE, Ambient(principal=shopper, trace=trace)):
            await echo.say(parcel)

    return call


def _tls(folder: str) -> Tls | None:
    return Tls(files(Path(folder))) if folder else None


async def _same(request: bytes, context: Any) -> bytes:
    context.time_remaining()
    context.invocation_metadata()
    return request


class EchoServer(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: Any) -> None:
        self._write = transport.write

    def data_received(self, data: bytes) -> None:
        self._write(data)


class EchoClient(asyncio.Protocol):
    """Answers come in the order of the requests: four bytes of length, and the body."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()
        self._arrived = 0
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: Any) -> None:
        self._write = transport.write

    def call(self, data: bytes) -> asyncio.Future[None]:
        """Done once as much has come back."""
        waiter = self._loop.create_future()
        self._waiting.append((waiter, len(data) + 4))
        self._write(struct.pack("<I", len(data)) + data)
        return waiter

    def data_received(self, data: bytes) -> None:
        self._arrived += len(data)
        while self._waiting and self._arrived >= self._waiting[0][1]:
            waiter, size = self._waiting.popleft()
            self._arrived -= size
            waiter.set_result(None)
