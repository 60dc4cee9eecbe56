"""Cards: brands, numbers and expiry as the shop's other services know them, and clear words for what is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import InvalidArgument
from modules.payment.cards import CVV, INVALID, MONTH, NUMBER, YEAR, Payer, brand_of, check_card, luhn
from modules.payment.contract import CreditCardInfo, InvalidCharge

TODAY = date(2026, 8, 31)


def completed(start: str, digits: int) -> str:
    """A number of so many digits that begins so and whose last digit is right."""
    body = start.ljust(digits - 1, "0")
    return next(f"{body}{last}" for last in "0123456789" if luhn(f"{body}{last}"))


def card(number: str = "4432801561520454", cvv: int = 672, year: int = 2039, month: int = 1) -> CreditCardInfo:
    return CreditCardInfo(number, cvv, year, month)


def refusal(typed: CreditCardInfo) -> InvalidCharge:
    with pytest.raises(InvalidCharge) as failure:
        check_card(typed, TODAY)
    assert isinstance(failure.value, InvalidArgument)
    return failure.value


@pytest.mark.parametrize(
    "number", ["4432801561520454", "4432-8015-6152-0454", "4432 8015 6152 0454", " 44-32 8015-61520454- "]
)
def test_blanks_and_hyphens_do_not_count(number: str) -> None:
    assert check_card(card(number), TODAY) == Payer("visa", "0454")


@pytest.mark.parametrize("start", ["4026", "417500", "4508", "4844", "4913", "4917", "4000", "4999"])
def test_every_visa_is_one_electron_included(start: str) -> None:
    number = completed(start, 16)
    assert check_card(card(number), TODAY) == Payer("visa", number[-4:])


@pytest.mark.parametrize("start", ["51", "55", "2221", "2300", "2720"])
def test_every_mastercard_is_one_the_second_series_included(start: str) -> None:
    assert check_card(card(completed(start, 16)), TODAY).brand == "mastercard"


@pytest.mark.parametrize(
    ("start", "digits", "brand"),
    [
        ("34", 15, "amex"), ("37", 15, "amex"), ("300", 14, "diners_club_carte_blanche"),
        ("305", 14, "diners_club_carte_blanche"), ("36", 14, "diners_club_international"),
        ("38", 14, "diners_club_international"), ("39", 14, "diners_club_international"),
        ("309", 14, "diners_club_international"), ("3528", 16, "jcb"), ("3589", 16, "jcb"), ("6304", 16, "laser"),
        ("6706", 17, "laser"), ("6709", 18, "laser"), ("6771", 19, "laser"), ("5018", 12, "maestro"),
        ("6763", 19, "maestro"), ("5085", 16, "rupay"), ("6069850", 16, "rupay"), ("6521500", 16, "rupay"),
        ("6011", 16, "discover"), ("622126", 16, "discover"), ("649", 16, "discover"), ("6500", 16, "discover"),
    ],
)  # fmt: skip
def test_a_good_card_of_another_brand_is_refused_by_its_brand(start: str, digits: int, brand: str) -> None:
    failure = refusal(card(completed(start, digits)))
    assert failure.field == NUMBER
    assert failure.text == f"Sorry, we cannot process {brand} credit cards. Only VISA or MasterCard is accepted."


@pytest.mark.parametrize(
    "number",
    ["", " ", "-", "4432801561520455", completed("4", 13), completed("4", 19), completed("51", 15), completed("34", 16),
     completed("2220", 16), completed("2721", 16), completed("56", 16), "0" * 16, "4", "4432801561520454x", "４４３２801561520454",
     "4432_8015_6152_0454", "4432\t801561520454", "\0", "4" * 100_000, " " * 100_000 + "4432801561520454", "-4e15", "NaN",
     "<b>4432801561520454</b>", "' OR 1=1 --", "\ud800"],
)  # fmt: skip
def test_a_number_that_can_be_none_is_refused_without_being_said(number: str) -> None:
    failure = refusal(card(number))
    assert (failure.field, failure.text) == (NUMBER, INVALID)


@pytest.mark.parametrize(("year", "month"), [(2026, 8), (2026, 9), (2027, 1), (9999, 12)])
def test_a_card_is_good_through_the_whole_month(year: int, month: int) -> None:
    assert check_card(card(year=year, month=month), TODAY).brand == "visa"


@pytest.mark.parametrize(("year", "month", "field"), [(2026, 7, MONTH), (2025, 12, YEAR), (39, 1, YEAR), (1, 1, YEAR)])
def test_a_card_that_has_expired_is_told_apart_by_its_last_digits(year: int, month: int, field: str) -> None:
    failure = refusal(card(year=year, month=month))
    assert (failure.field, failure.text) == (field, f"Your credit card (ending 0454) expired on {month}/{year}")


@pytest.mark.parametrize("month", [0, 13, -1, 2**31 - 1, -(2**31)])
def test_a_month_that_is_none_is_refused_by_name(month: int) -> None:
    failure = refusal(card(month=month))
    assert (failure.field, failure.text) == (MONTH, f"{MONTH} must be 1 to 12, and is {month}")


@pytest.mark.parametrize("year", [0, -1, 10_000, 2**31 - 1, -(2**31)])
def test_a_year_that_is_none_is_refused_by_name(year: int) -> None:
    failure = refusal(card(year=year))
    assert (failure.field, failure.text) == (YEAR, f"{YEAR} must be 1 to 9999, and is {year}")


@pytest.mark.parametrize("cvv", [0, 7, 123, 9999])
def test_a_security_code_has_up_to_four_digits(cvv: int) -> None:
    assert check_card(card(cvv=cvv), TODAY).brand == "visa"


@pytest.mark.parametrize("cvv", [-1, 10_000, 2**31 - 1])
def test_a_security_code_that_is_none_is_refused_without_being_said(cvv: int) -> None:
    failure = refusal(card(cvv=cvv))
    assert (failure.field, failure.text) == (CVV, f"{CVV} must be 0 to 9999")


def test_the_number_is_looked_at_before_the_brand_and_the_brand_before_the_expiry() -> None:
    assert refusal(card("4432801561520455", -1, 2020, 1)).text == INVALID
    assert "amex" in refusal(card(completed("34", 15), -1, 2020, 1)).text
    assert "expired" in refusal(card(cvv=-1, year=2020)).text


@given(st.text(), st.integers(), st.integers(), st.integers())
def test_anything_at_all_is_refused_in_one_clear_way(number: str, cvv: int, year: int, month: int) -> None:
    assert refusal(card(number, cvv, year, month)).field.startswith("credit_card.")


@given(st.integers(0, 10**15 - 1))
def test_changing_one_digit_of_a_good_number_makes_it_none(number: int) -> None:
    good = completed(f"{number:015}", 16)
    for place in range(16):
        other = (int(good[place]) + 1) % 10
        assert not luhn(f"{good[:place]}{other}{good[place + 1 :]}")


def test_a_beginning_that_is_cut_off_is_no_brands() -> None:
    assert brand_of("") is brand_of("3") is brand_of("222") is None
