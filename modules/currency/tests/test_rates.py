"""The table of rates, and what answers from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules.currency.contract import Money
from modules.currency.features.convert import Convert
from modules.currency.features.get_supported_currencies import GetSupportedCurrencies
from modules.currency.settings import CurrencySettings
from modules.currency.storage import read_rates

RATES = read_rates(CurrencySettings())
CODES = (
    "EUR USD JPY BGN CZK DKK GBP HUF PLN RON SEK CHF ISK NOK HRK RUB TRY AUD BRL CAD CNY HKD IDR ILS INR KRW MXN MYR "
    "NZD PHP SGD THB ZAR"
)


async def test_all_currencies_are_listed_in_the_tables_order() -> None:
    answer = await GetSupportedCurrencies(RATES).get_supported_currencies()
    assert answer.currency_codes == tuple(CODES.split())


async def test_converting_answers_in_the_currency_asked_for() -> None:
    answer = await Convert(RATES).convert(Money("USD", 1, 130_500_000), to_code="EUR")
    assert answer == Money("EUR", 1, 0)


def test_other_rates_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "rates.toml"
    file.write_text('[rates]\nEUR = "1"\nXTS = "0.25"\n')
    rates = read_rates(CurrencySettings(rates=str(file)))
    assert rates.codes == ("EUR", "XTS")
    assert rates.convert(Money("EUR", 10), "XTS") == Money("XTS", 2, 500_000_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no table"),
        ('[rates]\nEUR = "one"\n', "the rate of EUR must be a positive number in quotes"),
        ("[rates]\nEUR = 1.5\n", "in quotes"),
        ('[rates]\nEUR = "0"\n', "positive"),
        ('[rates]\nEUR = "-1"\n', "positive"),
        ('[rates]\nEUR = "1/0"\n', "positive"),
    ],
)
def test_rates_that_are_none_are_refused_by_file_and_code(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "rates.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=words) as error:
        read_rates(CurrencySettings(rates=str(file)))
    assert str(file) in str(error.value)
