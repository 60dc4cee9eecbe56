"""Arguments and results are values, checked: whatever the placement, what is sent is what arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from app import Internal, InvalidArgument

from .echo import Circle, Colour, Echo, Everything, Point, Square

pytestmark = [pytest.mark.topology("all", "loopback-grpc"), pytest.mark.asyncio(loop_scope="module")]

FULL = Everything(
    flag=True,
    number=-(2**63),
    small=-5,
    big=2**64 - 1,
    ratio=-1.5e300,
    text="ünï\x00çødé 🐚",
    raw=bytes(range(256)),
    colour=Colour.GREEN,
    at=datetime(1912, 6, 23, 1, 2, 3, 456789, tzinfo=UTC),
    day=date(2026, 2, 28),
    wait=timedelta(days=-3, microseconds=7),
    ident=UUID("12345678-1234-5678-1234-567812345678"),
    price=Decimal("-12.3400"),
    point=Point(x=-1, y=0),
    points=(Point(x=1), Point(x=2, y=-2)),
    names=("", "a"),
    by_name={"one": Point(x=1), "": Point(x=0)},
    maybe=0,
    shape=Square(side=2.0),
    bounded=10,
)


@pytest.mark.parametrize(
    "value", [FULL, Everything(), Everything(shape=Circle(radius=0.0))], ids=["full", "empty", "union"]
)
async def test_every_kind_of_field_arrives_as_it_was_sent(shared, value: Everything) -> None:
    assert await shared.get(Echo).everything(value) == value


async def test_a_time_in_another_zone_is_the_same_instant(shared) -> None:
    there = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert (await shared.get(Echo).everything(Everything(at=there))).at == there


async def test_parameters_may_be_left_out_or_given_in_order_or_by_name(shared) -> None:
    caller = shared.get(Echo)
    assert (await caller.parameters("a")) == Everything(text="a/None", number=3)
    assert (await caller.parameters("a", 0, "b")) == Everything(text="a/b", number=0)
    assert (await caller.parameters(from_="a", maybe="")) == Everything(text="a/", number=3)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (Everything(number="5"), "number"),  # pyright: ignore
        (Everything(text=5), "text"),  # pyright: ignore
        (Everything(points=(Point(x=1), Point(x="2"))), r"points\[1\].x"),  # pyright: ignore
        (Everything(small=2**40), "small"),
        (Everything(bounded=11), "bounded"),
        (Everything(at=datetime(2026, 1, 1)), "at"),
        (Everything(by_name={"a": 3}), "by_name"),  # pyright: ignore
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
async def test_a_value_of_the_wrong_type_is_refused_by_its_fields_name(shared, value: Everything, field: str) -> None:
    with pytest.raises(InvalidArgument, match=field):
        await shared.get(Echo).everything(value)


async def test_an_argument_of_the_wrong_type_is_refused_by_its_name(shared) -> None:
    with pytest.raises(InvalidArgument, match="number"):
        await shared.get(Echo).parameters("a", number="three")  # pyright: ignore


async def test_a_result_of_another_class_is_internal_and_says_nothing(shared) -> None:
    with pytest.raises(Internal) as failed:
        await shared.get(Echo).wrong_result()
    assert "Item" not in str(failed.value)


async def test_a_callee_cannot_change_what_its_caller_holds(shared) -> None:
    mine = {"a": Point(x=1)}
    await shared.get(Echo).tamper(mine)
    assert mine == {"a": Point(x=1)}
