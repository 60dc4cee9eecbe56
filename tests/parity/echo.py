"""A module that answers whatever the parity rules need to see: it returns, fails, waits, streams and remembers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from app import (
    ANYONE_KNOWN,
    Contract,
    FailedPrecondition,
    Int32,
    Message,
    Metadata,
    Module,
    NotFound,
    ResourceExhausted,
    UInt64,
    Unavailable,
    command,
    principal,
    query,
    remaining,
)
from app.ambient import current

TENANT = Metadata("tenant", str)
WEIGHT = Metadata("weight", int)


class Colour(Enum):
    UNKNOWN = 0
    RED = 1
    GREEN = 2


class Point(Message):
    x: int
    y: int = 7


class Circle(Message, tag=True):
    radius: float


class Square(Message, tag=True):
    side: float


class Everything(Message):
    """One field of each kind that a message may have."""

    flag: bool = False
    number: int = 0
    small: Int32 = 0
    big: UInt64 = 0
    ratio: float = 0.0
    text: str = ""
    raw: bytes = b""
    colour: Colour = Colour.UNKNOWN
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    day: date = date(1970, 1, 1)
    wait: timedelta = timedelta()
    ident: UUID = UUID(int=0)
    price: Decimal = Decimal(0)
    point: Point | None = None
    points: tuple[Point, ...] = ()
    names: tuple[str, ...] = ()
    by_name: Mapping[str, Point] = {}
    maybe: int | None = None
    shape: Circle | Square | None = None
    bounded: Annotated[int, Meta(ge=1, le=10)] = 5


class Item(Message):
    number: int
    blob: bytes = b""


class Seen(Message):
    """What the callee saw of the call's ambient, and what it remembers."""

    remaining: float = -1.0
    subject: str = ""
    roles: tuple[str, ...] = ()
    tenant: str = ""
    weight: int = -1
    trace: str = ""
    log: tuple[str, ...] = ()
    made: int = 0
    """How many items the stream has produced."""


class NoSuchThing(NotFound, says="no thing with ID {id}"):
    id: str


class NoSuchGadget(NoSuchThing, says="no gadget {id}, nor anything {colour}"):
    colour: str = "red"


class Limited(ResourceExhausted, says="at most {limit} of {points}"):
    limit: int
    points: tuple[Point, ...] = ()


class Echo(Contract):
    """Answers with what it is given."""

    @query()
    async def everything(self, value: Everything) -> Everything: ...

    @query()
    async def parameters(self, from_: str, number: int = 3, maybe: str | None = None) -> Everything: ...

    @query(raises=(NoSuchThing, Limited))
    async def fail(self, how: str) -> Point: ...

    @query()
    async def see(self) -> Seen: ...

    @query(requires="admin")
    async def for_admins(self) -> Seen: ...

    @query(requires=ANYONE_KNOWN)
    async def for_anyone_known(self) -> Seen: ...

    @query(deadline=0.2)
    async def hang(self, name: str) -> Point: ...

    @command()
    async def note(self, text: str) -> None: ...

    @command()
    async def flaky_command(self, times: int) -> Point: ...

    @command(idempotent=True)
    async def flaky(self, times: int) -> Point: ...

    @query()
    async def wrong_result(self) -> Point: ...

    @query()
    async def tamper(self, by_name: Mapping[str, Point]) -> Point: ...

    @query(raises=(NoSuchThing,))
    def count(self, to: int, fail_at: int = -1, size: int = 0) -> AsyncIterator[Item]: ...

    @command()
    async def total(self, items: AsyncIterator[Item]) -> Point: ...

    @command()
    def double(self, items: AsyncIterator[Item]) -> AsyncIterator[Item]: ...


class EchoAnswer(Echo):
    """Answers Echo and keeps a log of what happened to it."""

    def __init__(self) -> None:
        self._log: list[str] = []
        self._tries = 0
        self._made = 0

    async def everything(self, value: Everything) -> Everything:
        return value

    async def parameters(self, from_: str, number: int = 3, maybe: str | None = None) -> Everything:
        return Everything(text=f"{from_}/{maybe}", number=number)

    async def fail(self, how: str) -> Point:
        match how:
            case "declared":
                raise NoSuchThing(id="x")
            case "below a declared one":
                raise NoSuchGadget(id="g", colour="blue")
            case "with rich fields":
                raise Limited(limit=2, points=(Point(x=1), Point(x=2, y=3)))
            case "undeclared":
                raise FailedPrecondition("the inner secret")
            case "not a failure":
                raise ValueError("the inner secret")
            case "unavailable":
                raise Unavailable("the inner secret at 10.0.0.1")
            case _:
                raise SystemError(how)

    async def see(self) -> Seen:
        ambient = current()
        who = principal()
        tenant, weight = TENANT.get(), WEIGHT.get()
        return Seen(
            remaining=min(remaining(), 1e9),
            subject=who.subject if who else "",
            roles=tuple(sorted(who.roles)) if who else (),
            tenant=tenant or "",
            weight=-1 if weight is None else weight,
            trace=ambient.trace if ambient else "",
            log=tuple(self._log),
            made=self._made,
        )

    async def for_admins(self) -> Seen:
        return await self.see()

    async def for_anyone_known(self) -> Seen:
        return await self.see()

    async def hang(self, name: str) -> Point:
        self._log.append(f"{name} began")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self._log.append(f"{name} cancelled")
            raise
        return Point(x=0)

    async def note(self, text: str) -> None:
        self._log.append(text)

    async def flaky_command(self, times: int) -> Point:
        return await self.flaky(times)

    async def flaky(self, times: int) -> Point:
        self._tries += 1
        self._log.append(f"try {self._tries}")
        if self._tries <= times:
            raise Unavailable("not yet")
        return Point(x=self._tries)

    async def wrong_result(self) -> Point:
        return Item(number=1)  # type: ignore[return-value]  # pyright: ignore  # what the host must notice

    async def tamper(self, by_name: Mapping[str, Point]) -> Point:
        if isinstance(by_name, dict):
            by_name["added"] = Point(x=1)
        return Point(x=len(by_name))

    async def count(self, to: int, fail_at: int = -1, size: int = 0) -> AsyncIterator[Item]:
        try:
            for number in range(to):
                if number == fail_at:
                    raise NoSuchThing(id=str(number))
                self._made = number + 1
                yield Item(number=number, blob=b"x" * size)
        finally:
            self._log.append(f"count closed at {self._made}")

    async def total(self, items: AsyncIterator[Item]) -> Point:
        total = 0
        async for item in items:
            total += item.number
        return Point(x=total)

    async def double(self, items: AsyncIterator[Item]) -> AsyncIterator[Item]:
        async for item in items:
            yield Item(number=item.number * 2)


echo = Module(name="echo", exports=[Echo.by(EchoAnswer)])
