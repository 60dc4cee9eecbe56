"""Amounts as they are shown and added."""

from __future__ import annotations

import pytest

from modules.currency.contract import Money
from modules.storefront.money import shown, times, total


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money("USD", 19, 990_000_000), "$19.99"),
        (Money("EUR", 17, 682_441_398), "€17.68"),
        (Money("GBP", 15, 209_999_999), "£15.20"),
        (Money("JPY", 2235, 60_592_707), "¥2235.06"),
        (Money("TRY", 0, 9_999_999), "₺0.00"),
        (Money("CAD", 5), "$5.00"),
        (Money("USD", -1, -750_000_000), "-$1.75"),
        (Money("USD", 0, -500_000_000), "-$0.50"),
    ],
)
def test_an_amount_is_cut_off_after_two_digits(amount: Money, text: str) -> None:
    assert shown(amount) == text


def test_so_many_of_a_price_carry_exactly() -> None:
    assert times(Money("USD", 8, 990_000_000), 10) == Money("USD", 89, 900_000_000)
    assert times(Money("USD", -1, -750_000_000), 2) == Money("USD", -3, -500_000_000)


def test_a_total_adds_exactly_and_only_one_currency() -> None:
    assert total("EUR", []) == Money("EUR")
    assert total("EUR", [Money("EUR", 1, 999_999_999), Money("EUR", 0, 1)]) == Money("EUR", 2)
    with pytest.raises(ValueError, match="USD"):
        total("EUR", [Money("EUR", 1), Money("USD", 1)])
