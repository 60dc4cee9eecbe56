"""`connect(Catalog, address)`: the typed client of a contract, for scripts and programs without a host."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ..module.contract import Contract
from ..module.spec import spec_of
from ..telling.steps import Teller
from .binding import bind
from .policy import Policy

if TYPE_CHECKING:
    import grpc

    from .grpc.channels import Channels
    from .lean.lines import Lines
    from .lean.tls import Tls

C = TypeVar("C", bound=Contract)


@asynccontextmanager
async def connect(
    contract: type[C],
    address: str,
    *,
    deadline: float | None = None,
    key: bytes | None = None,
    credentials: grpc.ChannelCredentials | None = None,
    foreign: bool = False,
    transport: Literal["grpc", "lean"] = "grpc",
    tls: Tls | None = None,
) -> AsyncGenerator[C]:
    """A client of whoever answers a contract at `host:port`, `unix:/path` or `dns:///name:port`.

    `async with connect(Catalog, "localhost:9090") as catalog: await catalog.get_product("1")`

    deadline: seconds, of calls made outside of every scope; 30 by default. key: the deployment's, to be believed when
    acting as a principal. credentials: TLS. foreign: a service that is not one of ours. transport: `lean` at an address
    where a process listens for its peers, who all have the deployment's key; `tls` is theirs then. Its failures are
    those of any call. Raises Refused when the contract cannot be read.
    """
    from .schema.schema import Schema

    spec = spec_of(contract)
    schema = Schema()
    schema.add(spec)
    policy = Policy() if deadline is None else Policy(default_deadline=deadline)
    binding = bind(spec, schema, tell=Teller(), policy=policy)
    most = policy.max_message_bytes
    way: Channels | Lines
    if transport == "lean":
        from .lean.lines import Lines
        from .lean.target import LeanTarget

        way = Lines(key=key, tls=tls, max_message_bytes=most)
        binding.swap(LeanTarget(spec, way, (address,)))
    else:
        from .grpc.channels import Channels  # gRPC is heavy, and this module's importers may never connect
        from .grpc.client import RemoteTarget

        way = Channels(key=key, credentials=credentials, max_message_bytes=most)
        binding.swap(RemoteTarget(spec, way, (address,), foreign))
    caller: Any = binding.caller
    try:
        yield caller
    finally:
        await way.close()
