"""A small shop to place, to replace and to break: at the top of a module, so that other processes find it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from app import (
    Contract,
    Lifecycle,
    Message,
    Module,
    Named,
    NotFound,
    command,
    deadline,
    in_threads,
    provide,
    query,
    remaining,
)


class Price(Message):
    cents: int
    note: str = ""


class NoSuchThing(NotFound, says="no thing {id}"):
    id: str


class Prices(Contract):
    """What things cost."""

    @query(raises=(NoSuchThing,))
    async def price(self, id: str) -> Price: ...

    @command()
    async def mark(self, id: str) -> Price: ...

    @query(request="AllPricesRequest")
    def all(self, count: int) -> AsyncIterator[Price]: ...


class Tills(Contract):
    """Adds up what Prices says."""

    @query(raises=(NoSuchThing,))
    async def total(self, ids: tuple[str, ...]) -> Price: ...


class Money:
    """What a constructor may ask for."""

    def rate(self) -> int:
        return 1


class Doubled(Money):
    def rate(self) -> int:
        return 2


class Tripled(Money):
    def __init__(self, base: Annotated[int, Named("base")]) -> None:
        self._base = base

    def rate(self) -> int:
        return 3 * self._base


def base() -> int:
    return 1


class PriceList(Prices):
    def __init__(self, money: Money, base: Annotated[int, Named("base")]) -> None:
        self._money, self._base, self.marks = money, base, 0

    async def price(self, id: str) -> Price:
        if id == "nothing":
            raise NoSuchThing(id=id)
        if id == "pid":
            return Price(cents=os.getpid())
        return Price(cents=100 * self._money.rate() * self._base)

    async def mark(self, id: str) -> Price:
        self.marks += 1
        return Price(cents=self.marks)

    async def all(self, count: int) -> AsyncIterator[Price]:
        for number in range(count):
            yield Price(cents=number)


class FixedPrices(PriceList):
    """Replaces PriceList by constructor."""

    def __init__(self, money: Money) -> None:
        super().__init__(money, 1)

    async def price(self, id: str) -> Price:
        return Price(cents=7 * self._money.rate(), note=str(os.getpid()))


def made_prices(money: Money) -> Prices:
    """Replaces PriceList by what a function makes."""
    return FixedPrices(money)


class Till(Tills):
    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    async def total(self, ids: tuple[str, ...]) -> Price:
        return Price(cents=sum([(await self._prices.price(id)).cents for id in ids]))


class SlowLedger:
    """Blocking code."""

    def price(self, id: str) -> Price:
        with deadline(0.05):
            time.sleep(0)
        return Price(cents=int(remaining()))

    def mark(self, id: str) -> Price:
        return Price(cents=0)

    def all(self, count: int) -> Iterator[Price]:
        return (Price(cents=number) for number in range(count))


class Refuses:
    """Does not start."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        lifecycle.hook(start=self._start)

    def _start(self) -> None:
        raise RuntimeError("the printer is out of paper")


class DoesNotStop:
    """Fails when it is stopped."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        lifecycle.hook(stop=self._stop)

    def _stop(self) -> None:
        raise RuntimeError("the drawer is jammed")


def needs(thing: Refuses) -> None: ...


def keeps(thing: DoesNotStop) -> None: ...


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


prices = Module(name="prices", provide=[Money, provide(base, name="base")], exports=[Prices.by(PriceList)])
till = Module(name="till", exports=[Tills.by(Till)])
threaded = Module(name="threaded", exports=[Prices.by(in_threads(SlowLedger))])
broken = Module(name="broken", provide=[Refuses], invoke=[needs])
jammed = Module(name="jammed", provide=[DoesNotStop], invoke=[keeps])
mortal = Module(name="mortal", invoke=[dies])
