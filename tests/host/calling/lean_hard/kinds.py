"""A contract with a field of each kind, answered in this process, over the lean wire and over gRPC at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from app import Contract, FailedPrecondition, Message, Metadata, NotFound, query
from app.ambient import current
from app.calling.binding import bind
from app.calling.grpc.channels import Channels
from app.calling.grpc.client import RemoteTarget
from app.calling.grpc.server import GrpcServer
from app.calling.lean.lines import Lines
from app.calling.lean.server import LeanServer
from app.calling.lean.target import LeanTarget
from app.calling.local import local_target
from app.calling.policy import Policy
from app.calling.schema.schema import Schema
from app.module.numbers import Fixed32, Float32, Int32, OneOf, SInt64, UInt32, UInt64
from app.module.spec import spec_of
from app.telling.steps import Teller

LABEL = Metadata("kinds-label", str)
COUNT = Metadata("kinds-count", int)


class Shade(Enum):
    UNKNOWN = 0
    LIGHT = 1
    DARK = 7


class Leaf(Message):
    text: str = ""
    number: int = 0


class Round(Message, tag=True):
    radius: float


class Square(Message, tag=True):
    side: float = 1.0


class Wide(Message):
    flag: bool = False
    whole: int = 0
    small: Int32 = 0
    zigzag: SInt64 = 0
    natural: UInt32 = 0
    large: UInt64 = 0
    fixed: Fixed32 = 0
    real: float = 0.0
    single: Float32 = 0.0
    text: str = ""
    raw: bytes = b""
    shade: Shade = Shade.UNKNOWN
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    day: date = date(1970, 1, 1)
    wait: timedelta = timedelta()
    ident: UUID = UUID(int=0)
    price: Decimal = Decimal(0)
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    texts: tuple[str, ...] = ()
    numbers: tuple[Int32, ...] = ()
    reals: tuple[float, ...] = ()
    shades: tuple[Shade, ...] = ()
    by_text: Mapping[str, Leaf] = {}
    by_number: Mapping[int, str] = {}
    maybe_whole: int | None = None
    maybe_text: str | None = None
    maybe_flag: bool | None = None
    mail: Annotated[str | None, OneOf("contact")] = None
    phone: Annotated[str | None, OneOf("contact")] = None
    shape: Round | Square | None = None
    bounded: Annotated[int, Meta(ge=1, le=10)] = 5
    named: Annotated[str, Meta(min_length=1, max_length=4)] = "x"
    next: "Wide | None" = None  # noqa: UP037  # itself, which is not there yet


class Nothing(Message):
    pass


class Missing(NotFound, says="no {title} among {leaves}"):
    title: str
    leaves: tuple[Leaf, ...] = ()


class Kinds(Contract):
    @query()
    async def echo(self, value: Wide) -> Wide: ...

    @query()
    async def parts(
        self, text: str, number: Int32 = 3, shade: Shade = Shade.DARK, leaf: Leaf | None = None
    ) -> Wide: ...

    @query()
    async def nothing(self, value: Nothing) -> Nothing: ...

    @query()
    async def none(self) -> None: ...

    @query(raises=(Missing, FailedPrecondition))
    async def fail(self, text: str, leaves: tuple[Leaf, ...] = ()) -> Nothing: ...

    @query()
    async def beside(self) -> Leaf: ...

    @query()
    async def answer(self, how: str) -> Wide: ...


class KindsAnswer(Kinds):
    given: Any = None

    async def echo(self, value: Wide) -> Wide:
        return value

    async def parts(self, text: str, number: Int32 = 3, shade: Shade = Shade.DARK, leaf: Leaf | None = None) -> Wide:
        return Wide(text=text, small=number, shade=shade, leaf=leaf)

    async def nothing(self, value: Nothing) -> Nothing:
        return value

    async def none(self) -> None:
        return None

    async def fail(self, text: str, leaves: tuple[Leaf, ...] = ()) -> Nothing:
        if leaves:
            raise Missing(text, leaves)
        raise FailedPrecondition(text)

    async def beside(self) -> Leaf:
        ambient = current()
        held = {} if ambient is None else ambient.metadata
        return Leaf(text=str(held.get("kinds-label")), number=held.get("kinds-count", -1))

    async def answer(self, how: str) -> Wide:
        return self.given


@asynccontextmanager
async def everywhere(answer: KindsAnswer) -> AsyncIterator[dict[str, Any]]:
    """Callers of one answer: `local` (values checked), `lean` and `grpc`."""
    spec, schema = spec_of(Kinds), Schema()
    schema.add(spec)
    once = Policy(attempts=1)
    here = bind(spec, schema, tell=Teller(), check_values=True, policy=once)
    here.swap(local_target(spec, [answer], "kinds"))
    behind = bind(spec, schema, tell=Teller())
    behind.swap(local_target(spec, [answer], "kinds"))
    lean_server = LeanServer([behind], address="127.0.0.1:0", tell=Teller())
    grpc_server = GrpcServer([behind], schema, address="127.0.0.1:0", tell=Teller())
    lines, channels = Lines(), Channels()
    lean, grpc = bind(spec, schema, tell=Teller(), policy=once), bind(spec, schema, tell=Teller(), policy=once)
    lean.swap(LeanTarget(spec, lines, [await lean_server.start()]))
    grpc.swap(RemoteTarget(spec, channels, [await grpc_server.start()]))
    lean_server.ready(True)
    grpc_server.ready(True)
    try:
        yield {"local": here.caller, "lean": lean.caller, "grpc": grpc.caller}
    finally:
        await lines.close()
        await channels.close()
        await lean_server.stop(0)
        await grpc_server.stop(0)
