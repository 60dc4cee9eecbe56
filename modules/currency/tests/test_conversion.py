"""Conversion: exact, near what the original answers, and clear about amounts that are none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import InvalidArgument
from modules.currency.contract import Money, UnknownCurrency
from modules.currency.domain import NANOS, Rates
from modules.currency.settings import CurrencySettings
from modules.currency.storage import read_rates

RATES = read_rates(CurrencySettings())
BILLIONTHS = st.integers(-(10**15), 10**15)

# What the shop's original answers, in nanos of EUR, CAD, JPY, GBP and TRY for so many hundredths of a USD.
ORIGINAL = {
    1999: (17682441398, 26749997346, 2235060592707, 15201594869, 108299648830),
    1899: (16797877046, 25411828395, 2123251658614, 14441134896, 102881957543),
    10999: (97293233083, 147185203007, 12297864661691, 83642992481, 595891864663),
    8999: (79601946042, 120421823972, 10061685979708, 68433793012, 487538038923),
    2499: (22105263158, 33440842105, 2794105263171, 19003894736, 135388105263),
    1849: (16355594870, 24742743919, 2067347191568, 14060904909, 100173111900),
    549: (4856258293, 7346547545, 613831048235, 4174925254, 29743125167),
    899: (7952233525, 12030138876, 1005162317560, 6836535161, 48705044670),
}


def amount(code: str, nanos: int) -> Money:
    units, rest = divmod(abs(nanos), NANOS)
    return Money(code, -units, -rest) if nanos < 0 else Money(code, units, rest)


def nanos(money: Money) -> int:
    return money.units * NANOS + money.nanos


@pytest.mark.parametrize(("cents", "answers"), ORIGINAL.items())
def test_catalogue_prices_convert_as_in_the_original_within_a_hundred_thousandth(
    cents: int, answers: tuple[int, ...]
) -> None:
    for code, answer in zip(("EUR", "CAD", "JPY", "GBP", "TRY"), answers, strict=True):
        ours = RATES.convert(amount("USD", cents * NANOS // 100), code)
        assert ours.currency_code == code
        assert abs(nanos(ours) - answer) < NANOS // 100_000


@given(st.sampled_from(RATES.codes), BILLIONTHS)
def test_an_amount_in_its_own_currency_is_itself(code: str, count: int) -> None:
    assert RATES.convert(amount(code, count), code) == amount(code, count)


@given(st.sampled_from(RATES.codes), st.sampled_from(RATES.codes), BILLIONTHS)
def test_the_opposite_of_an_amount_converts_to_the_opposite(source: str, target: str, count: int) -> None:
    there = RATES.convert(amount(source, count), target)
    assert nanos(RATES.convert(amount(source, -count), target)) == -nanos(there)
    assert there.units * there.nanos >= 0
    assert abs(there.nanos) < NANOS


@given(st.sampled_from(RATES.codes), st.sampled_from(RATES.codes), BILLIONTHS)
def test_no_answer_is_further_from_the_truth_than_half_a_billionth(source: str, target: str, count: int) -> None:
    exact = Fraction(count) * RATES._rates[target] / RATES._rates[source]
    assert abs(nanos(RATES.convert(amount(source, count), target)) - exact) <= Fraction(1, 2)


def test_halves_of_a_billionth_go_away_from_zero() -> None:
    rates = Rates({"ONE": Fraction(1), "HALF": Fraction(1, 2)})
    assert rates.convert(Money("ONE", 0, 1), "HALF") == Money("HALF", 0, 1)
    assert rates.convert(Money("ONE", 0, -1), "HALF") == Money("HALF", 0, -1)


@pytest.mark.parametrize(("source", "target", "code"), [("XXX", "USD", "XXX"), ("USD", "usd", "usd"), ("USD", "", "")])
def test_an_unknown_currency_is_an_invalid_argument_that_names_the_code(source: str, target: str, code: str) -> None:
    with pytest.raises(InvalidArgument) as failure:
        RATES.convert(Money(source, 1), target)
    assert failure.value.text == f"unknown currency '{code}'"
    assert failure.value.code == 3


@pytest.mark.parametrize(("units", "nanos"), [(2**63 - 1, 999_999_999), (-(2**63), -999_999_999), (-(2**63), 0)])
def test_the_largest_amounts_of_the_wire_convert_into_themselves(units: int, nanos: int) -> None:
    assert RATES.convert(Money("USD", units, nanos), "USD") == Money("USD", units, nanos)


@pytest.mark.parametrize(
    ("units", "nanos", "words"),
    [
        (1, -1, "from.nanos must have the sign of units, and is -1 beside 1"),
        (-1, 1, "from.nanos must have the sign of units"),
        (0, 1_000_000_000, "from.nanos must lie within ±999999999"),
        (0, -1_000_000_000, "from.nanos must lie within"),
        (2**62, 0, "from is too large: in IDR"),
        (-(2**62), 0, "from is too large: in IDR"),
    ],
)
def test_an_amount_that_is_none_is_an_invalid_argument_that_names_the_field(units: int, nanos: int, words: str) -> None:
    with pytest.raises(InvalidArgument) as failure:
        RATES.convert(Money("EUR", units, nanos), "IDR")
    assert failure.value.text.startswith(words)


def test_an_endless_code_is_said_again_in_short() -> None:
    with pytest.raises(UnknownCurrency) as failure:
        RATES.convert(Money("X" * 100_000, 1), "EUR")
    assert failure.value.currency_code == f"{'X' * 200}…"
