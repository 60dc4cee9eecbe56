"""Our bytes are protoc's bytes, both ways."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from google.protobuf.unknown_fields import UnknownFieldSet

from app.calling.schema.docs import docs_of
from app.calling.schema.proto_text import proto_text
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

from .every_type import (
    BankTransfer,
    Basket,
    Bounded,
    Card,
    Colour,
    Everything,
    Explicit,
    Node,
    NoSuchThing,
    Scalars,
    Size,
    Things,
    Times,
)
from .protoc import Classes, compile_protos, plain

UTC = datetime.UTC
AMOUNT, ID = Decimal("-12.340"), UUID("12345678-1234-5678-1234-567812345678")
SCALARS = Scalars(True, -5, -(2**31), 2**32 - 1, 2**64 - 1, -7, -(2**63), 7, 2**63, -8, -(2**62), -0.0, 1.5, "ü", b"\0\xff",
                  Colour.BLUE, Size.SIZE_BIG, "here")  # fmt: skip
EVERYTHING = Everything(
    SCALARS, ID, AMOUNT, Explicit(0, "", b"", False, Colour.NONE, 0.0, 0, "", False, Colour.NONE, Decimal(0), ID),
    Times(datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)), (0, -1, 5), ("", "b"),
    (Colour.NONE, Colour.BLUE), (ID,), (Scalars(), SCALARS), {"a": 0, "": -1}, {-3: "x"}, {"s": SCALARS, "z": Scalars()},
    {"r": Colour.RED}, {"p": AMOUNT}, BankTransfer("X"), None, 0, None,
    Node("root", Node("l"), (Node("c", children=(Node("cc"),)),), {"n": Node("by")}),
)  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> Schema:
    made = Schema()
    made.add(spec_of(Things))
    return made


@pytest.fixture(scope="module")
def witness(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What protoc makes of the .proto that we write."""
    (unit,) = schema.units.values()
    file = schema.files[unit.path]
    text = proto_text(file, docs_of(unit, file), "A test.")
    files = compile_protos(tmp_path_factory.mktemp("protos"), {unit.path: text})
    return {"ours": file, "theirs": files[unit.path], "classes": Classes(files), "text": text}


def test_protoc_makes_of_our_text_what_we_make_of_the_types(witness: dict[str, Any]) -> None:
    assert plain(witness["theirs"]) == plain(witness["ours"])


@pytest.mark.parametrize(
    "value",
    [
        SCALARS,
        Scalars(),
        EVERYTHING,
        Everything(Scalars(), ID, AMOUNT),
        Explicit(),
        Explicit(5, "x", b"y", True, Colour.BLUE, -0.0, 1, "n", True, Colour.RED, AMOUNT, ID),
        Times(datetime.datetime(1, 1, 1, tzinfo=UTC)),
        Times(datetime.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        Times(
            datetime.datetime(2024, 2, 29, tzinfo=UTC),
            datetime.datetime(1900, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
            datetime.timedelta(microseconds=-1),
            datetime.timedelta(seconds=-1.5),
            datetime.date(1492, 10, 12),
            (datetime.date(1, 1, 1),),
            (datetime.datetime(1970, 1, 1, tzinfo=UTC),),
            {"a": datetime.timedelta(days=-3), "b": datetime.timedelta()},
        ),
        Node("a"),
        Basket((Bounded(1), Bounded(1000, 0.25, "EUR", ("a",), 4, {"k": 0})), Bounded(2), {"x": Bounded(3)}),
        NoSuchThing("x", ("y", "z"), Card("4")),
        NoSuchThing("x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_bytes_are_those_of_protoc_and_come_back_the_same(schema: Schema, witness: dict[str, Any], value: Any) -> None:
    codec: Any = schema.failure_codec(type(value)) if isinstance(value, NoSuchThing) else schema.codec(type(value))
    data = codec.encode(value)
    theirs = witness["classes"][codec.full_name].FromString(data)
    assert theirs.SerializeToString(deterministic=True) == codec._proto.FromString(data).SerializeToString(
        deterministic=True
    )
    assert len(UnknownFieldSet(theirs)) == 0
    assert codec.decode(theirs.SerializeToString()) == value
    assert codec.check(value) == value


def test_hand_made_bytes_of_another_program_are_read(schema: Schema, witness: dict[str, Any]) -> None:
    theirs = witness["classes"]["test.things.Scalars"](int64=-5, text="x", colour=-7)
    setattr(theirs, "from", "here")
    assert schema.codec(Scalars).decode(theirs.SerializeToString()) == Scalars(
        int64=-5, text="x", colour=Colour.BLUE, from_="here"
    )


def test_zeros_are_not_sent_and_explicit_ones_are(schema: Schema) -> None:
    assert schema.codec(Scalars).encode(Scalars()) == b""
    assert schema.codec(Bounded).encode(Bounded(0, 0.5, "USD")) != b""
    assert schema.codec(Explicit).decode(b"") == Explicit()
    assert schema.codec(Explicit).decode(schema.codec(Explicit).encode(Explicit(page=0))).page == 0


def test_a_time_of_another_zone_arrives_as_the_same_instant(schema: Schema) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    sent = Times(datetime.datetime(2024, 1, 1, 3, tzinfo=zone))
    got = schema.check(sent)
    assert got == sent
    assert got.at.tzinfo is UTC


def test_what_is_finer_than_a_microsecond_is_cut_off(schema: Schema, witness: dict[str, Any]) -> None:
    theirs = witness["classes"]["test.things.Times"]()
    theirs.at.seconds, theirs.at.nanos = -1, 1_999
    theirs.every.seconds, theirs.every.nanos = -1, -1_999
    got = schema.codec(Times).decode(theirs.SerializeToString())
    assert got.at == datetime.datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC)
    assert got.every == datetime.timedelta(seconds=-1, microseconds=-1)


def test_fields_that_nobody_declared_are_passed_over(schema: Schema) -> None:
    newer = schema.codec(Card).encode(Card("1")) + b"\xf8\x07\x01"  # field 127
    assert schema.codec(Card).decode(newer) == Card("1")


def test_not_a_number_travels(schema: Schema) -> None:
    assert math.isnan(schema.check(Scalars(double=math.nan)).double)


def test_the_last_of_a_oneof_wins_as_protobuf_has_it(schema: Schema, witness: dict[str, Any]) -> None:
    cls = witness["classes"]["test.things.Everything"]
    both = cls(card={"number": "1"}).SerializeToString() + cls(bank_transfer={"iban": "2"}).SerializeToString()
    base = schema.codec(Everything).encode(Everything(Scalars(), ID, AMOUNT))
    assert schema.codec(Everything).decode(base + both).paid == BankTransfer("2")


def test_none_travels_as_an_empty_message(schema: Schema) -> None:
    codec = schema.result_codec(spec_of(Things).methods["put"])
    assert (codec.full_name, codec.encode(None), codec.decode(b"\x08\x01")) == ("google.protobuf.Empty", b"", None)  # type: ignore[func-returns-value]


def test_defaults_of_parameters_are_those_of_the_request(schema: Schema) -> None:
    method = spec_of(Things).methods["get_thing"]
    got = schema.request_codec(method).decode(b"")
    assert msgspec.structs.asdict(got) == {"id": "", "page": 1, "colour": Colour.NONE}
