"""What is wrong with a value or with bytes, and where, in one sentence."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
import pytest

from app import Contract, Message, command
from app.calling.schema.lock import no_lock
from app.calling.schema.schema import Schema
from app.calling.schema.values import InvalidValue, Malformed
from app.module.spec import spec_of

from .every_type import (
    BankTransfer,
    Basket,
    Bounded,
    Card,
    Everything,
    Node,
    NoSuchThing,
    Scalars,
    Things,
    Times,
)

NOW = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
FULL = Everything(Scalars(), UUID(int=1), Decimal(1))


class Tolerant(Enum):
    OTHER = 0
    KNOWN = 1

    @classmethod
    def _missing_(cls, value: object) -> Tolerant:
        return cls.OTHER


class Even(Message):
    """A message with a rule of its own."""

    number: int
    kind: Tolerant = Tolerant.OTHER

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")


class Evens(Message):
    all: tuple[Even, ...] = ()


class Numbers(Contract):
    @command()
    async def put(self, evens: Evens) -> None: ...


@pytest.fixture(scope="module")
def schema() -> Schema:
    made = Schema(no_lock)
    made.add_all([spec_of(Things), spec_of(Numbers)])
    return made


def wrong(**changes: Any) -> Everything:
    return msgspec.structs.replace(FULL, **changes)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Card(5), "number must be a str, is 5"),  # type: ignore[arg-type]
        (Card(None), "number must be a str, is None"),  # type: ignore[arg-type]
        (Card("\ud800"), "number holds half a surrogate pair, which is no text"),
        (Card(b"x"), "number must be a str, is bytes"),  # type: ignore[arg-type]
        (Scalars(int64=True), "int64 must be an int, is True"),
        (Scalars(int64=1.5), "int64 must be an int, is 1.5"),  # type: ignore[arg-type]
        (Scalars(int64=2**63), f"int64 must be within -{2**63} and {2**63 - 1} (int64), is {2**63}"),
        (Scalars(int32=2**31), f"int32 must be within -{2**31} and {2**31 - 1} (int32), is {2**31}"),
        (Scalars(uint64=-1), f"uint64 must be within 0 and {2**64 - 1} (uint64), is -1"),
        (Scalars(flag=1), "flag must be a bool, is 1"),  # type: ignore[arg-type]
        (Scalars(double="1"), "double must be a float, is a str"),  # type: ignore[arg-type]
        (Scalars(colour=1), "colour must be a Colour, is 1"),  # type: ignore[arg-type]
        (wrong(numbers=[1]), "numbers must be a tuple, is a list"),
        (wrong(numbers=(1, "2")), "numbers[1] must be an int, is a str"),
        (wrong(words=None), "words must be a tuple, is None"),
        (wrong(messages=(Scalars(), Scalars(text=3))), "messages[1].text must be a str, is 3"),  # type: ignore[arg-type]
        (wrong(counts={"a": "b"}), "counts['a'] must be an int, is a str"),
        (wrong(counts={1: 1}), "counts's key 1 must be a str, is 1"),
        (wrong(counts=()), "counts must be a mapping, is a tuple"),
        (wrong(by_name={"k": Card("x")}), "by_name['k'] must be a Scalars, is a Card"),
        (wrong(scalars=None), "scalars must be a Scalars, is None"),
        (wrong(scalars={"text": ""}), "scalars must be a Scalars, is a dict"),
        (wrong(paid=Scalars()), "paid must be a Card or BankTransfer, is a Scalars"),
        (wrong(paid=BankTransfer(7)), "paid.iban must be a str, is 7"),  # type: ignore[arg-type]
        (wrong(mail="a", phone=1), "phone is set and so is mail: the oneof 'contact' holds one"),
        (wrong(id="00000000-0000-0000-0000-000000000001"), "id must be a UUID, is a str"),
        (wrong(amount=1.5), "amount must be a Decimal, is 1.5"),
        (wrong(tree=Node("a", Node("b", Node(0)))), "tree.left.left.name must be a str, is 0"),  # type: ignore[arg-type]
        (Times(datetime.datetime(2024, 1, 1)), "at must be an aware datetime; it has no time zone"),
        (Times(NOW, born=NOW), "born must be a date, is a datetime"),
        (Times(NOW, every=datetime.timedelta.max), "every is longer than the 10,000 years of a protobuf Duration"),
        (Bounded(0), "quantity must be at least 1, is 0"),
        (Bounded(1001), "quantity must be at most 1000, is 1001"),
        (Bounded(1, 0.0), "ratio must be more than 0, is 0.0"),
        (Bounded(1, 1.0), "ratio must be less than 1, is 1.0"),
        (Bounded(1, code="usd"), "code must match '^[A-Z]{3}$'"),
        (Bounded(1, code=""), "code must have at least 1 character, has 0"),
        (Bounded(1, tags=("long",)), "tags[0] must have at most 3 characters, has 4"),
        (Bounded(1, tags=("a", "b", "c")), "tags must have at most 2 items, has 3"),
        (Bounded(1, even=3), "even must be a multiple of 2, is 3"),
        (Bounded(1, by_name={"a": -1}), "by_name['a'] must be at least 0, is -1"),
        (Bounded(1, by_name={"": 1}), "by_name's key '' must have at least 1 character, has 0"),
        (Basket((Bounded(1), Bounded(1), Bounded(0))), "items[2].quantity must be at least 1, is 0"),
        (Basket(best=Bounded(0)), "best.quantity must be at least 1, is 0"),
        (Basket(named={"x": Bounded(0)}), "named['x'].quantity must be at least 1, is 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_that_a_split_would_refuse_is_refused_here(schema: Schema, value: Any, said: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        schema.check(value)
    assert str(caught.value) == said


def test_another_class_is_no_such_message(schema: Schema) -> None:
    with pytest.raises(InvalidValue, match=r"^must be a Card, is a Node$"):
        schema.codec(Card).encode(Node("x"))  # type: ignore[arg-type]


def test_an_int_is_a_float_as_type_checkers_have_it(schema: Schema) -> None:
    assert repr(schema.check(Scalars(double=3)).double) == "3.0"


def test_encoding_names_the_field_too(schema: Schema) -> None:
    with pytest.raises(InvalidValue, match=r"^messages\[0\]\.text must be a str, is 3$"):
        schema.codec(Everything).encode(wrong(messages=(Scalars(text=3),)))  # type: ignore[arg-type]


def raw(schema: Schema, name: str, **fields: Any) -> bytes:
    return schema._proto(f"test.things.{name}")(**fields).SerializeToString()


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("Basket", {"items": [{"quantity": 1}, {}]}, "items[1].quantity must be at least 1, is 0"),
        ("Basket", {"best": {"quantity": 1, "code": "x"}}, "best.code must match '^[A-Z]{3}$'"),
        ("Basket", {"named": {"a": {}}}, "named['a'].quantity must be at least 1, is 0"),
        ("Bounded", {"quantity": 1, "even": 3}, "even must be a multiple of 2, is 3"),
        ("Bounded", {"quantity": 1, "tags": ["abcd"]}, "tags[0] must have at most 3 characters, has 4"),
        ("Bounded", {"quantity": 1, "by_name": {"": 1}}, "by_name's key '' must have at least 1 character, has 0"),
        ("Scalars", {"colour": 77}, "colour is 77, which is no Colour"),
        ("Everything", {}, "scalars is missing"),
        ("Everything", {"scalars": {}}, "id is missing"),
        ("Everything", {"scalars": {}, "id": "x"}, "id is 'x', which is no UUID"),
        ("Everything", {"scalars": {}, "id": str(UUID(int=1)), "amount": "1,5"}, "amount is '1,5', which is no Decimal"),
        ("Times", {}, "at is missing"),
        ("Times", {"at": {"seconds": 2**60}}, "at is out of a datetime's range"),
        ("Times", {"at": {"nanos": -1}}, "at is out of a datetime's range"),
        ("Times", {"at": {}, "every": {"seconds": 1, "nanos": -1}}, "every is out of a timedelta's range"),
        ("Times", {"at": {}, "days": ["2024-01-01", "x"]}, "days[1] is 'x', which is no date"),
        ("Node", {"children": [{"left": {}}]}, ""),
    ],
)  # fmt: skip
def test_bytes_that_hold_what_the_type_does_not_allow_are_malformed(
    schema: Schema, name: str, fields: Any, said: str
) -> None:
    cls = {one.__name__: one for one in (Basket, Bounded, Scalars, Everything, Times, Node)}[name]
    data = raw(schema, name, **fields)
    if not said:
        assert schema.codec(cls).decode(data) is not None
        return
    with pytest.raises(Malformed) as caught:
        schema.codec(cls).decode(data)
    assert str(caught.value) == said


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x05ab", b"\x0a\x01\xff", b"\x08"])
def test_bytes_that_are_no_protobuf_are_malformed(schema: Schema, data: bytes) -> None:
    with pytest.raises(Malformed, match=r"^these bytes are no test\.things\.Card$"):
        schema.codec(Card).decode(data)


def test_bytes_where_nothing_is_expected_must_be_a_message_all_the_same(schema: Schema) -> None:
    nothing = schema.result_codec(spec_of(Things).methods["put"])
    with pytest.raises(Malformed, match=r"google\.protobuf\.Empty"):
        nothing.decode(b"\xff")
    with pytest.raises(InvalidValue, match="must be None, is str"):
        nothing.encode("x")  # type: ignore[arg-type]


def test_a_rule_of_the_message_itself_is_told_with_its_path(schema: Schema) -> None:
    data = schema._proto(schema.full_name(Evens))(all=[{"number": 2}, {"number": 3}]).SerializeToString()
    with pytest.raises(Malformed, match=r"^all\[1\] 3 is odd$"):
        schema.codec(Evens).decode(data)


def test_an_enum_may_say_what_unknown_numbers_mean(schema: Schema) -> None:
    data = schema._proto(schema.full_name(Even))(number=2, kind=9).SerializeToString()
    assert schema.codec(Even).decode(data) == Even(2, Tolerant.OTHER)


def test_a_failure_keeps_class_and_fields(schema: Schema) -> None:
    codec = schema.failure_codec(NoSuchThing)
    assert codec.type_url == "type.googleapis.com/test.things.NoSuchThing"
    got = codec.decode(codec.encode(NoSuchThing("x", near=("y",))))
    assert (type(got), got.near, got.text) == (NoSuchThing, ("y",), "no thing x")


def test_mappings_other_than_dict_are_sent(schema: Schema) -> None:
    class Frozen(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return {"a": 1}[key]

        def __iter__(self) -> Any:
            return iter(("a",))

        def __len__(self) -> int:
            return 1

    assert schema.check(wrong(counts=Frozen())).counts == {"a": 1}


def test_what_is_nested_too_deep_for_any_reader_is_refused(schema: Schema) -> None:
    node = Node("leaf")
    for _ in range(100):
        node = Node("n", node)
    assert schema.check(node) == node
    with pytest.raises(InvalidValue, match="is nested more than 100 levels deep"):
        schema.check(Node("n", node))
    for _ in range(2000):
        node = Node("n", node)
    with pytest.raises(InvalidValue, match="is nested more than 100 levels deep"):
        schema.codec(Node).encode(node)


def test_a_large_value_is_refused_in_the_same_words(schema: Schema) -> None:
    with pytest.raises(InvalidValue) as caught:
        schema.check(Basket((Bounded(1),) * 40_000 + (Bounded(0),)))
    assert str(caught.value) == "items[40000].quantity must be at least 1, is 0"


def test_a_large_value_is_checked_by_compiled_code_alone(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    def walked(*_: object) -> None:
        raise AssertionError

    large = Basket((Bounded(1),) * 40_000)
    monkeypatch.setattr("app.calling.schema.codec.check_value", walked)
    assert schema.check(large) == large
