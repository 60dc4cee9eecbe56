"""Sums: exact, carried at a billion, of one currency, within what the wire holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.checkout.amounts import MOST_UNITS, NANOS, NoAmount, sum_of
from modules.currency.contract import Money

prices = st.builds(Money, st.just("EUR"), st.integers(0, 10**12), st.integers(0, NANOS - 1))


def test_billionths_are_carried() -> None:
    assert sum_of("EUR", [(Money("EUR", 0, 999_999_999), 3)]) == Money("EUR", 2, 999_999_997)
    assert sum_of("EUR", []) == Money("EUR")


@given(st.lists(st.tuples(prices, st.integers(1, 10_000)), max_size=20))
def test_a_sum_is_exact(parts: list[tuple[Money, int]]) -> None:
    total = sum_of("EUR", parts)
    assert total.units * NANOS + total.nanos == sum((m.units * NANOS + m.nanos) * n for m, n in parts)
    assert 0 <= total.nanos < NANOS


def test_the_most_that_the_wire_holds_is_held_and_not_a_billionth_more() -> None:
    most = Money("EUR", MOST_UNITS, 999_999_999)
    assert sum_of("EUR", [(most, 1)]) == most
    with pytest.raises(NoAmount, match="more than 9223372036854775807 units"):
        sum_of("EUR", [(most, 1), (Money("EUR", 0, 1), 1)])


@pytest.mark.parametrize(
    "price",
    [Money("USD", 1), Money("", 1), Money("EUR", -1), Money("EUR", 0, -1), Money("EUR", 1, -1), Money("EUR", 0, NANOS),
     Money("eur", 1)],
)  # fmt: skip
def test_what_is_no_price_is_not_added(price: Money) -> None:
    with pytest.raises(NoAmount):
        sum_of("EUR", [(price, 1)])
