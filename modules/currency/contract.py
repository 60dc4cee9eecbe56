"""What the currency module answers: which currencies there are, and amounts in another of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, Int32, InvalidArgument, Message, query


class Empty(Message, proto="hipstershop.Empty"):
    """Nothing: the shop's own empty message, which its services use instead of protobuf's."""


class Money(Message):
    """An amount: whole units and billionths of one. The signs of `units` and `nanos` agree: -1.75 is -1, -750000000."""

    currency_code: Annotated[str, Meta(examples=["USD"])]
    """ISO 4217, such as USD."""
    units: Annotated[int, Meta(examples=[19])] = 0
    nanos: Annotated[Int32, Meta(examples=[990000000])] = 0
    """Billionths, within ±999,999,999."""


class GetSupportedCurrenciesResponse(Message):
    """The codes, in the order of the table of rates."""

    currency_codes: tuple[Annotated[str, Meta(examples=["USD"])], ...] = ()


class UnknownCurrency(InvalidArgument, says="unknown currency '{currency_code}'"):
    """There is no rate for this code."""

    currency_code: str


class InvalidAmount(InvalidArgument, says="{field} {why}"):
    """An amount that is none, or that no answer can hold."""

    field: str
    why: str


class Currency(Contract, service="hipstershop.CurrencyService", empty=Empty):
    """Converts amounts between currencies, exactly, rounded once to billionths."""

    @query(http="GET /api/currencies")
    async def get_supported_currencies(self) -> GetSupportedCurrenciesResponse:
        """The codes of all currencies that can be converted."""
        ...

    @query(
        http="POST /api/currencies/convert",
        body="*",
        request="CurrencyConversionRequest",
        raises=(UnknownCurrency, InvalidAmount),
    )
    async def convert(self, from_: Money, to_code: Annotated[str, Meta(examples=["EUR"])]) -> Money:
        """The same amount in another currency. Halves of a billionth are rounded away from zero."""
        ...
