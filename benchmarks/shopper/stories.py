"""What shoppers do, and how often: the mix of the Online Boutique's own load generator, over pages or over REST."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from time import perf_counter

from .browser import Answer, Broken, Browser
from .figures import Figures

PRODUCTS = (
    "OLJCESPC7Z", "66VCHSJNUP", "1YMWWN1N4O", "L9ECAV7KIM", "2ZYFJ3GM2N",
    "0PUK6V6EV0", "LS4PSXUNUM", "9SIQT8TOJO", "6E92ZMYYFZ",
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "JPY", "CAD", "GBP", "TRY")
WEIGHTS = {"home": 1, "set currency": 2, "browse": 10, "add to cart": 2, "view cart": 3, "check out": 1}
"""Of nineteen tasks."""


@dataclass(slots=True)
class Shopper:
    """Somebody with a browser. Only what happens while `figures` is there is counted."""

    browser: Browser
    random: Random
    figures: Callable[[], Figures | None]
    user_id: str = field(init=False)
    currency: str = "USD"

    def __post_init__(self) -> None:
        self.user_id = str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    async def does(self, task: str, asking: Callable[[], Awaitable[Answer]]) -> bool:
        """One request, timed and counted; whether it went well. Everything from 400 on is an error."""
        began = perf_counter()
        try:
            answer = await asking()
            kind = "" if 200 <= answer.status < 400 else str(answer.status)
        except Broken as broken:
            kind = str(broken)
        figures = self.figures()
        if figures is not None:
            if kind:
                figures.failed(task, kind)
            else:
                figures.answered(task, perf_counter() - began)
        return not kind

    def ordered(self, well: bool) -> bool:
        """Count an order that was placed; says again whether it was."""
        figures = self.figures()
        if well and figures is not None:
            figures.orders += 1
        return well

    def product(self) -> str:
        return self.random.choice(PRODUCTS)

    def card(self) -> dict[str, int | str]:
        """A Visa that passes Luhn's check, good for one to seventy years."""
        digits = [4, *(self.random.randrange(10) for _ in range(14))]
        doubled = sum(sum(divmod(digit * 2, 10)) for digit in digits[::2]) + sum(digits[1::2])
        return {
            "credit_card_number": "".join(map(str, [*digits, -doubled % 10])),
            "credit_card_expiration_month": self.random.randint(1, 12),
            "credit_card_expiration_year": datetime.now(UTC).year + self.random.randint(1, 70),
            "credit_card_cvv": self.random.randint(100, 999),
        }

    def address(self) -> dict[str, int | str]:
        """Somewhere in the United States."""
        return {
            "street_address": f"{self.random.randint(1, 9999)} Main Street",
            "zip_code": self.random.randint(501, 99950),
            "city": self.random.choice(("Springfield", "Franklin", "Clinton", "Greenville")),
            "state": self.random.choice(("CA", "NY", "TX", "WA")),
            "country": "United States",
        }


Story = Callable[[Shopper, str], Awaitable[bool]]
"""Does a task; whether its last step went well."""


async def pages(shopper: Shopper, task: str) -> bool:
    """A task as somebody does it with a browser."""
    browser, random = shopper.browser, shopper.random
    match task:
        case "home":
            return await shopper.does(task, lambda: browser.get("/"))
        case "set currency":
            form = {"currency_code": random.choice(CURRENCIES)}
            return await shopper.does(task, lambda: browser.submit("/setCurrency", form))
        case "browse":
            path = f"/product/{shopper.product()}"
            return await shopper.does(task, lambda: browser.get(path))
        case "view cart":
            return await shopper.does(task, lambda: browser.get("/cart"))
        case "add to cart":
            product = shopper.product()
            form = {"product_id": product, "quantity": random.randint(1, 10)}
            await shopper.does("browse", lambda: browser.get(f"/product/{product}"))
            return await shopper.does(task, lambda: browser.submit("/cart", form))
        case _:
            await pages(shopper, "add to cart")
            form = {"email": "someone@example.com", **shopper.address(), **shopper.card()}
            return shopper.ordered(await shopper.does(task, lambda: browser.submit("/cart/checkout", form)))


async def rest(shopper: Shopper, task: str) -> bool:
    """The same task as a program does it."""
    browser, random, cart = shopper.browser, shopper.random, f"/api/carts/{shopper.user_id}"
    match task:
        case "home":
            return await shopper.does(task, lambda: browser.get("/api/products"))
        case "set currency":
            shopper.currency = random.choice(CURRENCIES)
            return await shopper.does(task, lambda: browser.get("/api/currencies"))
        case "browse":
            path = f"/api/products/{shopper.product()}"
            return await shopper.does(task, lambda: browser.get(path))
        case "view cart":
            return await shopper.does(task, lambda: browser.get(cart))
        case "add to cart":
            item = {"product_id": shopper.product(), "quantity": random.randint(1, 10)}
            await shopper.does("browse", lambda: browser.get(f"/api/products/{item['product_id']}"))
            return await shopper.does(task, lambda: browser.post(f"{cart}/items", item))
        case _:
            await rest(shopper, "add to cart")
            order = {
                "user_id": shopper.user_id,
                "user_currency": shopper.currency,
                "address": shopper.address(),
                "email": "someone@example.com",
                "credit_card": shopper.card(),
            }
            key = {"idempotency-key": str(uuid.UUID(int=random.getrandbits(128), version=4))}
            return shopper.ordered(await shopper.does(task, lambda: browser.post("/api/orders", order, key)))
