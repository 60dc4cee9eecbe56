"""A contract is one thing to its callers, whoever joined it from slices, asked for it by default or behind a name."""

from __future__ import annotations

import pytest

from .blocking import Asking, Entry, Words, asking, words

pytestmark = pytest.mark.topology("all", "loopback-grpc")


async def test_slices_answer_as_one_and_share_what_their_module_provides(test_host) -> None:
    async with test_host(words) as host:
        caller = host.get(Words)
        assert await caller.upper("a") == Entry(number=1, text="A")
        assert [entry.text async for entry in caller.letters("abc")] == ["a", "b", "c"]
        assert await caller.length("abcd") == Entry(number=4, text="1")


async def test_an_optional_contract_is_given_where_somebody_answers_it_and_none_where_nobody_does(test_host) -> None:
    async with test_host(asking, words) as host:
        assert (await host.get(Asking).given()).text == "words: True, missing: False"


async def test_a_named_value_reaches_a_contract_like_any_other(test_host) -> None:
    async with test_host(asking, words) as host:
        assert (await host.get(Asking).through_a_named_one("hi")).text == "HI THANKS"
