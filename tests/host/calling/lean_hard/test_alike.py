"""The same call in this process, over the lean wire and over gRPC: the same answer, or the same failure and words."""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app import Failure

from .kinds import COUNT, LABEL, KindsAnswer, Leaf, Nothing, Round, Shade, Square, Wide, everywhere
from .watch import times

texts = st.one_of(st.text(max_size=20), st.sampled_from(["", "\0", "\ud800", "a\u0301", "\U0010ffff", "x" * 3000]))
whole = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3), st.sampled_from([2**63, -(2**63) - 1, True, 2**200])
)
real = st.one_of(st.floats(), st.sampled_from([-0.0, math.nan, math.inf, 5e-324, 1, 1e39, 3.4028235677973366e38]))
leaf = st.builds(Leaf, text=texts, number=whole)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=12)), None])
moment = st.one_of(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=zones), st.just(datetime.max)
)
wait = st.one_of(
    st.timedeltas(), st.sampled_from([timedelta(days=-3, microseconds=7), timedelta.max, timedelta(days=3652500)])
)
price = st.one_of(st.decimals(), st.sampled_from([Decimal("-0.00"), Decimal("1E+400"), Decimal("sNaN")]))
strange = st.sampled_from(
    [None, "5", 5, 1.5, True, b"x", (), {}, [], Shade.DARK, date(2020, 1, 1), object, ("a",), {"a": 1}]
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "flag": st.booleans(),
    "whole": whole,
    "small": st.one_of(st.integers(-(2**31), 2**31 - 1), whole),
    "zigzag": whole,
    "natural": st.one_of(st.integers(0, 2**32 - 1), whole),
    "large": st.one_of(st.integers(0, 2**64 - 1), whole),
    "fixed": whole,
    "real": real,
    "single": real,
    "text": texts,
    "raw": st.binary(max_size=30),
    "shade": st.sampled_from(Shade),
    "at": moment,
    "day": st.dates(),
    "wait": wait,
    "ident": st.uuids(),
    "price": price,
    "leaf": st.one_of(st.none(), leaf),
    "leaves": st.lists(leaf, max_size=3).map(tuple),
    "texts": st.lists(texts, max_size=3).map(tuple),
    "numbers": st.lists(whole, max_size=3).map(tuple),
    "reals": st.lists(real, max_size=3).map(tuple),
    "shades": st.lists(st.sampled_from(Shade), max_size=3).map(tuple),
    "by_text": st.dictionaries(texts, leaf, max_size=3),
    "by_number": st.dictionaries(whole, texts, max_size=3),
    "maybe_whole": st.one_of(st.none(), st.just(0), whole),
    "maybe_text": st.one_of(st.none(), st.just(""), texts),
    "maybe_flag": st.one_of(st.none(), st.booleans()),
    "mail": st.one_of(st.none(), texts),
    "phone": st.one_of(st.none(), texts),
    "shape": st.one_of(st.none(), st.builds(Round, radius=real), st.builds(Square, side=real)),
    "bounded": st.integers(-1, 12),
    "named": st.text(max_size=6),
}
wide = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.none(), max_size=8).flatmap(
    lambda chosen: st.fixed_dictionaries({name: FIELDS[name] for name in chosen})
)
odd = st.tuples(st.sampled_from(sorted(FIELDS)), strange).map(lambda pair: {pair[0]: pair[1]})
MANY = settings(max_examples=times(150), deadline=None, database=None, derandomize=True,
                suppress_health_check=list(HealthCheck))  # fmt: skip


class Everywhere:
    """The three callers, on a loop that hypothesis' plain functions can use."""

    def __init__(self, runner: asyncio.Runner, callers: dict[str, Any], answer: KindsAnswer) -> None:
        self._runner, self._callers, self.answer = runner, callers, answer

    def same(self, name: str, *args: Any, words: bool = True, typed: bool = True, **beside: Any) -> Any:
        """What all three do, which has to be the same; `beside`: the metadata of the call. words: whether failures say
        the same, too, and are not only of one kind. typed: whether all is of the declared types; what is not, protobuf
        takes more of than we do."""

        async def one(caller: Any) -> Any:
            try:
                with LABEL.set(beside.get("label", "")), COUNT.set(beside.get("count", 0)):
                    return said(await getattr(caller, name)(*args))
            except Failure as failure:
                return type(failure), str(failure), [said(value) for value in failure.args]

        async def all_of_them() -> dict[str, Any]:
            return {where: await one(caller) for where, caller in self._callers.items()}

        got = self._runner.run(all_of_them())
        if not words:
            got = {where: outcome[0] for where, outcome in got.items()}
        assert got["lean"] == got["local"]
        if typed:
            assert got["grpc"] == got["local"]
        return got["lean"]


def said(value: Any) -> Any:
    """A value so that differences show: the sign of zero, NaN, the order of maps left out, an instant rather than a zone."""
    if isinstance(value, float):
        return struct.pack(">d", value) if not math.isnan(value) else "nan"
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple):
        return [said(one) for one in value]
    if isinstance(value, dict):
        return sorted((repr(key), said(held)) for key, held in value.items())
    if hasattr(value, "__struct_fields__"):
        return type(value).__name__, [(name, said(getattr(value, name))) for name in value.__struct_fields__]
    return type(value).__name__, repr(value)


@pytest.fixture(scope="module")
def ways() -> Iterator[Everywhere]:
    answer = KindsAnswer()
    with asyncio.Runner() as runner:
        placed = everywhere(answer)
        yield Everywhere(runner, runner.run(placed.__aenter__()), answer)
        runner.run(placed.__aexit__(None, None, None))


@MANY
@given(fields=wide)
def test_values_arrive_alike_or_are_refused_alike(ways: Everywhere, fields: dict[str, Any]) -> None:
    ways.same("echo", Wide(**fields))


@MANY
@given(fields=odd, nested=st.booleans())
def test_values_of_other_types_are_refused_in_the_same_words(
    ways: Everywhere, fields: dict[str, Any], nested: bool
) -> None:
    ways.same("echo", Wide(next=Wide(**fields)) if nested else Wide(**fields), typed=False)


@MANY
@given(fields=wide)
def test_results_arrive_alike_or_are_internal_alike(ways: Everywhere, fields: dict[str, Any]) -> None:
    ways.answer.given = Wide(**fields)
    ways.same("answer", "")


@MANY
@given(fields=odd)
def test_results_of_other_types_are_internal(ways: Everywhere, fields: dict[str, Any]) -> None:
    assume(
        not any(name.startswith("by_") and held in ((), []) for name, held in fields.items())
    )  # copied, they are maps
    ways.answer.given = Wide(**fields)
    ways.same("answer", "", typed=False)


@MANY
@given(text=texts, number=whole, shade=st.sampled_from(Shade), strange=strange, where=st.integers(0, 3))
def test_arguments_arrive_alike_or_are_refused_alike(
    ways: Everywhere, text: Any, number: Any, shade: Any, strange: Any, where: int
) -> None:
    args = [text, number, shade]
    if where < 3:
        args[where] = strange
    ways.same("parts", *args, typed=where == 3)


@MANY
@given(text=texts, leaves=st.lists(leaf, max_size=3).map(tuple))
def test_failures_arrive_alike(ways: Everywhere, text: str, leaves: tuple[Leaf, ...]) -> None:
    ways.same("fail", text[:2048], leaves)  # where a wire cuts texts off


@MANY
@given(
    label=st.one_of(texts, strange, st.sampled_from([" a", "a ", "\r\n", "x" * 33_000])),
    count=st.one_of(whole, strange),
)
def test_what_travels_beside_arrives_alike(ways: Everywhere, label: Any, count: Any) -> None:
    ways.same("beside", label=label, count=count)


@pytest.mark.parametrize("depth", [1, 50, 99, 101, 102, 300])
def test_depth_is_limited_alike(ways: Everywhere, depth: int) -> None:
    value = Wide()
    for _ in range(depth):
        value = Wide(next=value)
    ways.same("echo", value, words=False)


@pytest.mark.parametrize("size", [4 * 1024 * 1024 - 2000, 4 * 1024 * 1024 + 1, 9 * 1024 * 1024])
def test_what_is_too_long_is_refused_alike(ways: Everywhere, size: int) -> None:
    ways.answer.given = Wide(text="x" * size)
    ways.same("answer", "")
    ways.same("fail", "x" * size, words=False)
    ways.same("nothing", Nothing())
    ways.same("none")
