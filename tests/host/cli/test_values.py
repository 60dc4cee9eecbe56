"""Words of the command line become what a method takes."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from app.cli.values import arguments_of, request_of, usage
from app.module.contract import Contract, command, query
from app.module.message import Message
from app.module.numbers import Int32
from app.module.spec import spec_of
from app.telling.refusals import Refused


class Colour(enum.IntEnum):
    NONE = 0
    RED = 1


class Item(Message):
    product_id: str
    quantity: Int32 = 1


class Nothing(Message):
    pass


class Taking(Contract, service="tests.Taking"):
    @command()
    async def take(
        self,
        name: str,
        count: int = 0,
        on: bool = False,
        price: Decimal | None = None,
        at: datetime | None = None,
        colour: Colour = Colour.NONE,
        item: Item | None = None,
        items: tuple[Item, ...] = (),
        labels: Mapping[str, str] = {},  # never changed
        data: bytes = b"",
        rating: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1,
        from_: str = "",
    ) -> Nothing: ...

    @query()
    async def one(self, item: Item) -> Nothing: ...

    @query()
    async def none(self) -> Nothing: ...

    @command()
    async def pour(self, items: AsyncIterator[Item]) -> Nothing: ...


TAKE, ONE, NONE, POUR = (spec_of(Taking).methods[name] for name in ("take", "one", "none", "pour"))


@pytest.mark.parametrize(
    ("word", "field", "value"),
    [
        ("count=3", "count", 3),
        ("count=-3", "count", -3),
        ("on=true", "on", True),
        ("price=1.10", "price", Decimal("1.10")),
        ("price=null", "price", None),
        ("at=2026-01-02T03:04:05Z", "at", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("colour=RED", "colour", Colour.RED),
        ("colour=1", "colour", Colour.RED),
        ("item.product_id=a", "item", Item("a")),
        ('item={"product_id": "a", "quantity": 2}', "item", Item("a", 2)),
        ('items=[{"product_id": "a"}]', "items", (Item("a"),)),
        ("labels.env=prod", "labels", {"env": "prod"}),
        ("data=aGk=", "data", b"hi"),
        ("from=here", "from_", "here"),
    ],
)
def test_a_word_is_read_as_its_field_wants_it(word: str, field: str, value: Any) -> None:
    assert getattr(request_of(TAKE, ["name=x", word]), field) == value


@pytest.mark.parametrize("text", ["5", "null", "{", '"quoted"', "a=b", ""])
def test_a_string_is_taken_as_it_is(text: str) -> None:
    request: Any = request_of(TAKE, [f"name={text}"])
    assert request.name == text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "missing required field `name`"),
        (["name"], "`name` is not name=value"),
        (["=x"], "`=x` is not name=value"),
        (["name=x", "count=many"], "`count`: Expected `int`"),
        (["name=x", "rating=6"], "`rating`: Expected `int` <= 5"),
        (["name=x", "cuont=1"], "there is no field `cuont`"),
        (["name=x", "item.quantiti=1"], "there is no field `item.quantiti`"),
        (["name=x", "item.product_id=a", "item.quantity=x"], "`item.quantity`"),
        (["name=x", 'items=[{"product": "a"}]'], "there is no field `items.0.product`"),
        (["name=x", "items=[{]"], "`items` is no JSON"),
        (["name=x", "name.more=y"], "`name` is given twice"),
        (["name=x", "count=1", "count=2"], "`count` is given twice"),
    ],
)
def test_what_makes_no_value_is_refused_with_its_name_and_the_usage(words: list[str], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        request_of(TAKE, words)
    assert sentence in str(refused.value)
    assert "fix: pangaea call Taking.take name=<str>" in str(refused.value)


def test_a_near_miss_is_offered() -> None:
    with pytest.raises(Refused) as refused:
        request_of(TAKE, ["nmae=x"])
    assert "did you mean `name`?" in str(refused.value)


def test_a_whole_request_can_be_json_and_words_go_on_top() -> None:
    request: Any = request_of(TAKE, ["count=2"], '{"name": "x", "count": 1}')
    assert (request.name, request.count) == ("x", 2)


@pytest.mark.parametrize("data", ["[]", "{", "3"])
def test_data_that_is_no_object_is_refused(data: str) -> None:
    with pytest.raises(Refused):
        request_of(TAKE, [], data)


def test_a_sole_message_is_given_by_its_fields_and_passed_whole() -> None:
    request = request_of(ONE, ["product_id=a"])
    assert arguments_of(ONE, request) == {"item": Item("a")}


def test_parameters_are_passed_by_name() -> None:
    assert arguments_of(TAKE, request_of(TAKE, ["name=x"]))["from_"] == ""
    assert arguments_of(NONE, request_of(NONE, [])) == {}


def test_the_usage_names_what_is_needed_and_brackets_what_is_not() -> None:
    assert usage(TAKE).startswith("Taking.take name=<str> [count=<int>] [on=<bool>] [price=<Decimal>]")
    assert "[items=<Item, …>]" in usage(TAKE)
    assert usage(POUR) == "Taking.pour product_id=<str> [quantity=<int>] …"
