"""Replacements hold in every topology: of types, of named keys, of contracts; by value and by constructor."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Annotated

import pytest

from app import Internal, Named
from app.telling.refusals import Refused
from app.testing import TestHost

from .shop import (
    Doubled,
    FixedPrices,
    Money,
    NoSuchThing,
    Price,
    Prices,
    SlowLedger,
    Tills,
    Tripled,
    made_prices,
    prices,
    till,
)

everywhere = pytest.mark.topology("all")


class CountingPrices(Prices):
    """A fake that remembers; local to this file, never sent anywhere."""

    def __init__(self, wrong: object = None) -> None:
        self.asked: list[str] = []
        self.wrong = wrong

    async def price(self, id: str) -> Price:
        self.asked.append(id)
        if id == "nothing":
            raise NoSuchThing(id=id)
        return self.wrong or Price(cents=5)  # type: ignore[return-value]

    async def mark(self, id: str) -> Price:
        return Price(cents=0)

    async def all(self, count: int) -> AsyncIterator[Price]:
        yield Price(cents=count)


@everywhere
async def test_a_type_by_value(test_host) -> None:
    async with test_host(prices, till).replace(Money, Doubled()) as host:
        assert (await host.get(Tills).total(("a", "b"))).cents == 400


@everywhere
async def test_a_type_by_constructor_which_asks_for_what_the_graph_offers(test_host) -> None:
    async with test_host(prices, till).replace(Money, by=Tripled) as host:
        assert (await host.get(Tills).total(("a",))).cents == 300


@everywhere
async def test_a_named_key(test_host) -> None:
    async with test_host(prices).replace(Annotated[int, Named("base")], 4) as host:
        assert (await host.get(Prices).price("a")).cents == 400


@everywhere
async def test_a_contract_by_value_answers_from_the_test_s_process_and_can_be_looked_at(test_host) -> None:
    fake = CountingPrices()
    async with test_host(prices, till).replace(Prices, fake) as host:
        assert (await host.get(Tills).total(("a", "b"))).cents == 10
        assert (await host.get(Prices).price("c")).cents == 5
        with pytest.raises(NoSuchThing, match="no thing nothing"):
            await host.get(Tills).total(("nothing",))
        assert [price.cents async for price in host.get(Prices).all(3)] == [3]
    assert fake.asked == ["a", "b", "c", "nothing"]


@everywhere
async def test_a_contract_that_no_module_of_the_test_answers(test_host) -> None:
    async with test_host(till).replace(Prices, CountingPrices()) as host:
        assert (await host.get(Tills).total(("a",))).cents == 5


@everywhere
async def test_what_a_fake_answers_is_checked_like_any_answer(test_host) -> None:
    async with test_host(till).replace(Prices, CountingPrices(wrong="a text")) as host:
        with pytest.raises(Internal):
            await host.get(Tills).total(("a",))


@everywhere
@pytest.mark.parametrize("by", [FixedPrices, made_prices])
async def test_a_contract_by_constructor_is_made_where_its_module_runs(test_host, by) -> None:
    async with test_host(prices, till).replace(Prices, by=by).replace(Money, Doubled()) as host:
        assert (await host.get(Tills).total(("a",))).cents == 14
        elsewhere = (await host.get(Prices).price("a")).note != str(os.getpid())
        assert elsewhere is (host.topology == "processes")


def wrong(*modules, topology: str = "monolith") -> TestHost:
    return TestHost(*modules, topology=topology)


@everywhere
@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (Prices, Money(), "has no price, mark, all"),
        (Prices, CountingPrices, "is a class"),
        (Prices, None, "is None"),
        (SlowLedger, SlowLedger(), "replaces nothing"),
    ],
    ids=["not an answer", "a class", "None", "nobody provides it"],
)
async def test_what_cannot_stand_there_is_refused(test_host, key, value, said: str) -> None:
    with pytest.raises(Refused, match=said):
        async with test_host(prices, till).replace(key, value):
            pass


class Local(int):
    def __reduce__(self) -> str:
        raise TypeError("holds a socket")


async def test_what_cannot_be_pickled_is_refused_by_name() -> None:
    class Inner(Money): ...

    host = TestHost(prices, topology="processes").replace(Money, by=Inner)
    host.replace(Annotated[int, Named("base")], Local())
    with pytest.raises(Refused) as refused:
        async with host:
            pass
    assert [(one.kind, one.wanted) for one in refused.value.refusals] == [  # type: ignore[attr-defined]
        ("cannot-travel", "Money"),
        ("cannot-travel", "int named 'base'"),
    ]
    assert "holds a socket" in str(refused.value)


async def test_a_replacement_comes_before_the_start_and_is_one_thing() -> None:
    async with TestHost(prices) as host:
        with pytest.raises(RuntimeError, match="before the host starts"):
            host.replace(Money, Doubled())
    with pytest.raises(TypeError, match="one of them"):
        TestHost(prices).replace(Money)
    with pytest.raises(TypeError, match="one of them"):
        TestHost(prices).replace(Money, Money(), by=Money)
