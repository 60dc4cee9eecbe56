"""The program of a crowd: so many shoppers at once, each doing one task after the other until the time is over.

Told what to do as JSON in its first argument; says how far it is as lines of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import accumulate
from random import Random
from time import monotonic, process_time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .browser import Browser
from .figures import Figures
from .stories import WEIGHTS, Shopper, Story, pages, rest

TELLS = 0.5
"""Seconds between two lines."""
RECOVERS = 0.1
"""Seconds that somebody waits after something that did not go well."""


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a crowd is told to do. Times are seconds."""

    url: str
    users: Annotated[int, Meta(ge=1)]
    seconds: float
    warmup: float = 0.0
    """Before counting begins."""
    requests: int = 0
    """Stop after about so many that count; 0: when the time is over."""
    rate: float = 0.0
    """Users that arrive in a second; 0: all at once."""
    think: tuple[float, float] = (0.0, 0.0)
    """Pause between two tasks: anything from the one to the other."""
    rest: bool = False
    seed: int = 0


class Crowd:
    """Shoppers, and what they met."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._story: Story = rest if orders.rest else pages
        self._figures: Figures | None = None
        self._tasks, self._weights = list(WEIGHTS), list(accumulate(WEIGHTS.values()))

    async def shop(self) -> Figures:
        """Warm up, then count; everybody goes home when the time is over, whatever they are at."""
        orders = self._orders
        users = [asyncio.create_task(self._live(number)) for number in range(orders.users)]
        try:
            await asyncio.sleep(orders.warmup)
            figures = self._figures = Figures()
            began, used = monotonic(), process_time()
            _say(counting=True)
            while (left := began + orders.seconds - monotonic()) > 0 and not self._enough(figures):
                await asyncio.sleep(min(TELLS, left))
                _say(seconds=monotonic() - began, requests=figures.requests, errors=figures.errors)
            figures.seconds, figures.cpu = monotonic() - began, process_time() - used
            self._figures = None
        finally:
            for user in users:
                user.cancel()
            ended = await asyncio.gather(*users, return_exceptions=True)
        for one in ended:
            if isinstance(one, Exception):
                raise one
        return figures

    def _enough(self, figures: Figures) -> bool:
        return bool(self._orders.requests) and figures.requests >= self._orders.requests

    async def _live(self, number: int) -> None:
        orders = self._orders
        if orders.rate:
            await asyncio.sleep(number / orders.rate)
        random = Random(f"{orders.seed}-{number}")
        browser = Browser(orders.url)
        shopper = Shopper(browser, random, lambda: self._figures)
        try:
            await self._story(shopper, "home")
            while True:
                (task,) = random.choices(self._tasks, cum_weights=self._weights)
                well = await self._story(shopper, task)
                if orders.think[1]:
                    await asyncio.sleep(random.uniform(*orders.think))
                elif not well:
                    await asyncio.sleep(RECOVERS)
        finally:
            browser.close()


def _say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


def main() -> None:
    """Shop as told, and say what was met."""
    import uvloop

    orders = msgspec.json.decode(sys.argv[1], type=Orders)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        _say(figures=runner.run(Crowd(orders).shop()).written())


if __name__ == "__main__":
    main()
