"""Prices in the shopper's currency, and which currencies there are to choose from."""

from __future__ import annotations

import time

from modules.currency.contract import Currency, Money

from .settings import StorefrontSettings
from .steps import gathered, step

MENU = ("EUR", "USD", "JPY", "GBP", "TRY", "CAD")
"""What the menu offers, in this order, as far as it is supported."""
DEFAULT = "USD"


class Clock:
    """Seconds that only ever grow. Tests replace it."""

    def now(self) -> float:
        return time.monotonic()


class Prices:
    """Asks the currency module. The list of currencies is remembered for a short while, amounts never."""

    def __init__(self, currency: Currency, settings: StorefrontSettings, clock: Clock) -> None:
        self._currency, self._clock, self._seconds = currency, clock, settings.remember_currencies
        self._known: tuple[str, ...] = ()
        self._until = float("-inf")

    async def supported(self) -> tuple[str, ...]:
        """All codes that can be converted. Raises StepFailed."""
        if self._clock.now() >= self._until:
            answer = await step("could not retrieve the currencies", self._currency.get_supported_currencies())
            self._known, self._until = answer.currency_codes, self._clock.now() + self._seconds
        return self._known

    async def chosen(self, wanted: str) -> str:
        """The currency that a shopper sees: the one wanted where the shop has it."""
        return wanted if wanted in await self.supported() else DEFAULT

    async def menu(self, chosen: str) -> tuple[str, ...]:
        """The currencies to choose from, and the chosen one in any case."""
        known = await self.supported()
        offered = tuple(code for code in MENU if code in known)
        return offered if chosen in offered else (*offered, chosen)

    async def convert(self, amounts: list[Money], code: str) -> list[Money]:
        """All amounts in one currency, converted side by side."""
        return await gathered(
            "could not convert the prices", [self._currency.convert(amount, code) for amount in amounts]
        )
