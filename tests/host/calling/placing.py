"""Puts a contract's answer here or behind a real socket, for tests that hold wherever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from app.calling.binding import Binding, bind
from app.calling.grpc.channels import Channels
from app.calling.grpc.client import RemoteTarget
from app.calling.grpc.server import GrpcServer
from app.calling.lean.lines import Lines
from app.calling.lean.server import LeanServer
from app.calling.lean.target import LeanTarget
from app.calling.local import local_target
from app.calling.policy import Policy
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.steps import Step, Teller

from .late import met
from .shelf import Shelf, ShelfAnswer

KEY = b"the deployment's key"


@dataclass
class Placed:
    """A shelf, wherever it is."""

    caller: Shelf
    answer: ShelfAnswer
    binding: Binding
    """The caller's."""
    steps: list[Step] = field(default_factory=list)


def bound(
    answer: Any, *, check: bool = False, policy: Policy | None = None, steps: list[Step] | None = None
) -> Binding:
    """A binding that an instance answers in this process."""
    spec = spec_of(Shelf)
    schema = Schema()
    schema.add(spec)
    told = steps if steps is not None else []
    binding = bind(spec, schema, tell=Teller(told.append), check_values=check, policy=policy)
    binding.swap(local_target(spec, [answer], "library"))
    return binding


@asynccontextmanager
async def placed(
    where: str, *, policy: Policy | None = None, key: bytes | None = KEY, by: type[ShelfAnswer] = ShelfAnswer
) -> AsyncIterator[Placed]:
    """`local`, `checked` (local, values checked), or over a loopback socket, connected: `remote` by gRPC, `lean` by our
    own wire."""
    answer, steps = by(), list[Step]()
    apart = where in ("remote", "lean")
    here = bound(answer, check=where == "checked", policy=None if apart else policy, steps=steps)
    if where == "lean":
        async with leanly_serving(here, key=key) as server, lean_lines(key=key) as ways:
            there = lean([server.address], ways, policy=policy, steps=steps)
            await met(there.caller)
            yield Placed(there.caller, answer, there, steps)  # type: ignore[arg-type]
        return
    if not apart:
        yield Placed(here.caller, answer, here, steps)  # type: ignore[arg-type]
        return
    schema = Schema()
    schema.add(here.spec)
    async with serving(here, key=key) as address, channels(key=key) as lines:
        there = bind(here.spec, schema, tell=Teller(steps.append), policy=policy)
        there.swap(RemoteTarget(here.spec, lines, [address]))
        await met(there.caller)
        yield Placed(there.caller, answer, there, steps)  # type: ignore[arg-type]


@asynccontextmanager
async def serving(binding: Binding, address: str = "127.0.0.1:0", **options: Any) -> AsyncIterator[str]:
    """A server of one binding, ready; yields its address."""
    server = server_of(binding, address, **options)
    at = await server.start()
    server.ready(True)
    try:
        yield at
    finally:
        await server.stop(0)


def server_of(binding: Binding, address: str = "127.0.0.1:0", **options: Any) -> GrpcServer:
    """A server of one binding, not started."""
    schema = Schema()
    schema.add(binding.spec)
    return GrpcServer([binding], schema, address=address, tell=Teller(), **options)


@asynccontextmanager
async def channels(**options: Any) -> AsyncIterator[Channels]:
    """Channels that are closed behind."""
    lines = Channels(**options)
    try:
        yield lines
    finally:
        await lines.close()


def remote(addresses: list[str], lines: Channels, *, policy: Policy | None = None, foreign: bool = False) -> Binding:
    """A binding that peers answer."""
    spec = spec_of(Shelf)
    schema = Schema()
    schema.add(spec)
    binding = bind(spec, schema, tell=Teller(), policy=policy)
    binding.swap(RemoteTarget(spec, lines, addresses, foreign))
    return binding


@asynccontextmanager
async def leanly_serving(binding: Binding, address: str = "127.0.0.1:0", **options: Any) -> AsyncIterator[LeanServer]:
    """A lean server of one binding, ready."""
    server = LeanServer([binding], address=address, tell=options.pop("tell", None) or Teller(), **options)
    await server.start()
    server.ready(True)
    try:
        yield server
    finally:
        await server.stop(0)


@asynccontextmanager
async def lean_lines(**options: Any) -> AsyncIterator[Lines]:
    """Lines that are closed behind."""
    lines = Lines(**options)
    try:
        yield lines
    finally:
        await lines.close()


def lean(
    addresses: list[str], lines: Lines, *, policy: Policy | None = None, steps: list[Step] | None = None
) -> Binding:
    """A binding that peers answer over the lean wire."""
    spec = spec_of(Shelf)
    schema = Schema()
    schema.add(spec)
    binding = bind(spec, schema, tell=Teller(*([] if steps is None else [steps.append])), policy=policy)
    binding.swap(LeanTarget(spec, lines, addresses))
    return binding
