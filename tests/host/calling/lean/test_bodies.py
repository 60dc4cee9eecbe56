"""Bodies as another language may write them: what a map, an array and a tag may stand for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app import Contract, Message, query
from app.calling.lean.packing import Packed, packing_of
from app.calling.schema.schema import Schema
from app.calling.schema.values import Malformed
from app.module.spec import spec_of


class Place(Message, array_like=True):
    row: int
    column: int = 7


class Round(Message, tag="round", tag_field="form"):
    radius: int = 0


class Long(Message, tag="long", tag_field="form"):
    length: int = 0


class Thing(Message, rename="camel"):
    first_place: Place | None = None
    form: Round | Long | None = None
    name: str = ""


class Things(Contract, service="things.Things"):
    @query()
    async def find(self, thing: Thing) -> Thing: ...


@pytest.fixture
def thing() -> Packed:
    schema = Schema()
    schema.add(spec_of(Things))
    return packing_of(schema).of(Thing)


def test_a_message_says_how_it_is_written(thing: Packed) -> None:
    value = Thing(Place(1, 2), Long(3), "a")
    said = {"firstPlace": [1, 2], "form": {"form": "long", "length": 3}, "name": "a"}
    assert msgspec.msgpack.decode(thing.encode(value)) == said
    assert thing.decode(thing.encode(value)) == thing.decode_slowly(thing.encode(value)) == value


@pytest.mark.parametrize("sent", [[1], [1, 7, "later"]])
def test_an_array_may_be_shorter_or_longer_than_its_reader_knows(thing: Packed, sent: Any) -> None:
    assert thing.decode(msgspec.msgpack.encode({"firstPlace": sent})) == Thing(Place(1, 7))


@pytest.mark.parametrize("sent", [[None, None, "a"], {"form": ["long", 3]}, {"name": ["a"]}])
def test_an_array_stands_for_no_message_that_does_not_say_so(thing: Packed, sent: Any) -> None:
    with pytest.raises(Malformed, match="must be"):
        thing.decode(msgspec.msgpack.encode(sent))
