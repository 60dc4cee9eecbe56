"""Whatever is made of the types crosses unchanged; whatever arrives is read or refused."""

from __future__ import annotations

import datetime
from typing import Any, NewType

from hypothesis import given, settings
from hypothesis import strategies as some

from app import Contract, Message, command
from app.calling.schema.lock import no_lock
from app.calling.schema.schema import Schema
from app.calling.schema.values import DEEPEST, Malformed
from app.module.spec import spec_of

from .every_type import (
    BankTransfer,
    Basket,
    Card,
    Colour,
    Everything,
    Explicit,
    Node,
    Scalars,
    Size,
    Things,
    Times,
)

UserId = NewType("UserId", str)


class Aliased(Message):
    user: UserId
    others: tuple[UserId, ...] = ()


class Aliases(Contract):
    @command()
    async def put(self, aliased: Aliased) -> None: ...


SCHEMA = Schema(no_lock)
SCHEMA.add_all([spec_of(Things), spec_of(Aliases)])
TEXT = some.text(some.characters(exclude_categories=("Cs",)), max_size=8)


def ints(bits: int, signed: bool) -> some.SearchStrategy[int]:
    return some.integers(-(2 ** (bits - 1)) if signed else 0, 2 ** (bits - signed) - 1)


FLOATS = some.floats(allow_nan=False)
TIMES = some.datetimes(timezones=some.just(datetime.UTC))
SPANS = some.timedeltas(datetime.timedelta(days=-3_650_000), datetime.timedelta(days=3_650_000))
SCALARS = some.builds(
    Scalars, some.booleans(), ints(64, True), ints(32, True), ints(32, False), ints(64, False), ints(32, True),
    ints(64, True), ints(32, False), ints(64, False), ints(32, True), ints(64, True), FLOATS,
    some.floats(width=32, allow_nan=False), TEXT, some.binary(max_size=8), some.sampled_from(Colour),
    some.sampled_from(Size), TEXT,
)  # fmt: skip
EXPLICIT = some.builds(
    Explicit, some.none() | ints(64, True), some.none() | TEXT, some.none() | some.binary(max_size=4),
    some.none() | some.booleans(), some.none() | some.sampled_from(Colour), some.none() | FLOATS, ints(64, True), TEXT,
    some.booleans(), some.sampled_from(Colour), some.decimals(allow_nan=False), some.none() | some.uuids(),
)  # fmt: skip
TIMED = some.builds(
    Times, TIMES, some.none() | TIMES, SPANS, some.none() | SPANS, some.dates(),
    some.lists(some.dates(), max_size=2).map(tuple), some.lists(TIMES, max_size=2).map(tuple),
    some.dictionaries(TEXT, SPANS, max_size=2),
)  # fmt: skip
NODES = some.recursive(
    some.builds(Node, TEXT),
    lambda inner: some.builds(Node, TEXT, some.none() | inner, some.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
EVERYTHING = some.builds(
    Everything, SCALARS, some.uuids(), some.decimals(allow_nan=False), some.none() | EXPLICIT, some.none() | TIMED,
    by_name=some.dictionaries(TEXT, SCALARS, max_size=2), by_number=some.dictionaries(ints(64, True), TEXT, max_size=2),
    shades=some.dictionaries(TEXT, some.sampled_from(Colour), max_size=2),
    paid=some.none() | some.builds(Card, TEXT) | some.builds(BankTransfer, TEXT), tree=some.none() | NODES,
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EVERYTHING)
def test_every_value_arrives_as_it_was_sent(value: Everything) -> None:
    assert SCHEMA.check(value) == value


@settings(max_examples=200, deadline=None, derandomize=True)
@given(some.binary(max_size=64), some.sampled_from((Everything, Scalars, Explicit, Times, Node, Basket)))
def test_any_bytes_are_read_or_malformed(data: bytes, message: type[Any]) -> None:
    try:
        SCHEMA.codec(message).decode(data)
    except Malformed as malformed:
        assert str(malformed)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(EVERYTHING, some.data())
def test_damaged_bytes_are_read_or_malformed(value: Everything, data: some.DataObject) -> None:
    sent = bytearray(SCHEMA.codec(Everything).encode(value))
    sent[data.draw(some.integers(0, len(sent) - 1))] = data.draw(some.integers(0, 255))
    try:
        SCHEMA.codec(Everything).decode(bytes(sent))
    except Malformed as malformed:
        assert str(malformed)


def test_new_types_are_what_they_stand_for() -> None:
    value = Aliased(UserId("a"), (UserId("b"),))
    assert SCHEMA.check(value) == value


def test_bytes_nested_too_deep_are_malformed() -> None:
    data = b""
    for _ in range(DEEPEST + 1):
        size = len(data)
        data = b"\x12" + (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + data
    try:
        SCHEMA.codec(Node).decode(data)
    except Malformed as malformed:
        assert str(malformed) == "these bytes are no test.things.Node"
    else:
        raise AssertionError("nested bytes were read")
