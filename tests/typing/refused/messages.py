"""Messages, failures and settings used against their types; each line says what the checker must say about it."""

from __future__ import annotations

from app import Message, Metadata, NotFound, Secret, Settings


class Money(Message):
    currency: str
    units: int = 0


class NoSuchMoney(NotFound, says="no {currency}"):
    currency: str


class MoneySettings(Settings):
    token: Secret[str]
    limit: int = 1


money = Money("EUR")
money.units = 2  # refused: Attribute "units" is read-only
Money(currency=7)  # refused: "Literal[7]" is not assignable to "str"
Money("EUR", cents=1)  # refused: No parameter named "cents"
Money()  # refused: Argument missing for parameter "currency"

NoSuchMoney(currency=7)  # refused: "Literal[7]" is not assignable to "str"
NoSuchMoney(money="EUR")  # refused: No parameter named "money"
_ = NoSuchMoney("EUR").currency.units  # refused: Cannot access attribute "units" for class "str"

settings = MoneySettings(token=Secret("x"))
settings.limit = 2  # refused: Attribute "limit" is read-only
settings.token.upper()  # refused: Cannot access attribute "upper" for class "Secret[str]"

Metadata("tenant", str).set(7)  # refused: "Literal[7]" is not assignable to "str"
