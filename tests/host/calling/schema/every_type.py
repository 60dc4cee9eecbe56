"""A contract that holds everything a message can hold."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated
from uuid import UUID

import msgspec

from app import (
    Contract,
    Fixed32,
    Fixed64,
    Float32,
    Int32,
    Message,
    NotFound,
    OneOf,
    SFixed32,
    SFixed64,
    SInt32,
    SInt64,
    UInt32,
    UInt64,
    command,
    query,
)


class Colour(Enum):
    """What something looks like."""

    NONE = 0
    RED = 1
    """As blood."""
    BLUE = -7


class Size(IntEnum):
    SIZE_UNKNOWN = 0
    SIZE_BIG = 2
    SIZE_LARGE = 2


class Scalars(Message):
    """Every scalar.

    And a second paragraph.
    """

    flag: bool = False
    int64: int = 0
    int32: Int32 = 0
    uint32: UInt32 = 0
    uint64: UInt64 = 0
    sint32: SInt32 = 0
    sint64: SInt64 = 0
    fixed32: Fixed32 = 0
    fixed64: Fixed64 = 0
    sfixed32: SFixed32 = 0
    sfixed64: SFixed64 = 0
    double: float = 0.0
    """In metres."""
    single: Float32 = 0.0
    text: str = ""
    raw: bytes = b""
    colour: Colour = Colour.NONE
    size: Size = Size.SIZE_UNKNOWN
    from_: str = ""


class Explicit(Message):
    """Fields that tell absent from zero."""

    maybe: int | None = None
    maybe_text: str | None = None
    maybe_raw: bytes | None = None
    maybe_flag: bool | None = None
    maybe_colour: Colour | None = None
    maybe_double: float | None = None
    page: int = 20
    name: str = "nobody"
    liked: bool = True
    favourite: Colour = Colour.RED
    rate: Decimal = Decimal("1.50")
    maybe_id: UUID | None = None


class Times(Message):
    at: datetime.datetime
    until: datetime.datetime | None = None
    long: datetime.timedelta = datetime.timedelta(seconds=5)
    every: datetime.timedelta | None = None
    born: datetime.date = datetime.date(1970, 1, 1)
    days: tuple[datetime.date, ...] = ()
    all: tuple[datetime.datetime, ...] = ()
    by_name: Mapping[str, datetime.timedelta] = {}


class Card(Message, tag=True):
    number: str


class BankTransfer(Message, tag=True):
    iban: str = ""


class Node(Message):
    """A tree."""

    name: str
    left: Node | None = None
    children: tuple[Node, ...] = ()
    by_name: Mapping[str, Node] = {}


class Everything(Message):
    scalars: Scalars
    id: UUID
    amount: Decimal
    explicit: Explicit | None = None
    times: Times | None = None
    numbers: tuple[Int32, ...] = ()
    words: tuple[str, ...] = ()
    colours: tuple[Colour, ...] = ()
    ids: tuple[UUID, ...] = ()
    messages: tuple[Scalars, ...] = ()
    counts: Mapping[str, Int32] = {}
    by_number: Mapping[int, str] = {}
    by_name: Mapping[str, Scalars] = {}
    shades: Mapping[str, Colour] = {}
    prices: Mapping[str, Decimal] = {}
    paid: Card | BankTransfer | None = None
    mail: Annotated[str | None, OneOf("contact")] = None
    phone: Annotated[int | None, OneOf("contact")] = None
    other: Annotated[Card | None, OneOf("contact")] = None
    tree: Node | None = None


class Bounded(Message):
    """What constraints hold."""

    quantity: Annotated[Int32, msgspec.Meta(ge=1, le=1000)]
    ratio: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", min_length=1)] = "USD"
    tags: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=3)], ...], msgspec.Meta(max_length=2)] = ()
    even: Annotated[int | None, msgspec.Meta(multiple_of=2)] = None
    by_name: Mapping[Annotated[str, msgspec.Meta(min_length=1)], Annotated[int, msgspec.Meta(ge=0)]] = {}


class Basket(Message):
    items: tuple[Bounded, ...] = ()
    best: Bounded | None = None
    named: Mapping[str, Bounded] = {}


class NoSuchThing(NotFound, says="no thing {id}"):
    """There is none."""

    id: str
    near: tuple[str, ...] = ()
    price: Card | None = None


class Things(Contract, service="test.things.Things"):
    """All that can be said."""

    @query(raises=[NoSuchThing])
    async def get_thing(self, id: str, page: int = 1, colour: Colour = Colour.NONE) -> Everything:
        """One of them."""
        ...

    @command(idempotent=True)
    async def put(self, thing: Everything) -> None: ...

    @command()
    async def fill(self, basket: Basket) -> Explicit: ...

    @query()
    def watch(self, since: datetime.datetime | None = None) -> AsyncIterator[Times]: ...

    @command()
    async def upload(self, nodes: AsyncIterator[Node]) -> None: ...

    @command()
    def both(self, nodes: AsyncIterator[Node]) -> AsyncIterator[Node]: ...
