"""What the host offers, and what stands for something else in a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol, TypeVar

import pytest

from app.module.declaration import provide
from app.telling.refusals import Refused
from app.wiring.graph import Offers, Replacement
from app.wiring.lifecycle import Lifecycle
from app.wiring.opening import Wrong

T = TypeVar("T")


class Store:
    pass


class Cart:
    def __init__(self, store: Store) -> None:
        self.store = store


class Loads(Protocol):
    def load(self) -> str: ...


class Saves(Protocol):
    def save(self) -> None: ...


class Disk:
    def load(self) -> str:
        return "disk"

    def save(self) -> None: ...


async def test_the_hosts_values_are_made_for_the_consumers_module(build: Any) -> None:
    class Log:
        def __init__(self, module: str) -> None:
            self.module = module

    class Holder:
        def __init__(self, log: Log, clock: float) -> None:
            self.log, self.clock = log, clock

    offers = Offers(values={float: 1.5}, per_module={Log: Log})
    container = await build(provide=[Holder], offers=offers)
    assert container.get(Holder).log.module == "shop"
    assert container.get(Holder).log is container.get(Log, "shop")
    assert container.get(Log).module == ""


async def test_replacing_by_value_leaves_what_it_stands_for_unbuilt_and_unasked(build: Any) -> None:
    class Broken:
        def __init__(self, nobody_offers_it: complex) -> None: ...

    def cart(broken: Broken) -> Cart:
        return Cart(broken)  # type: ignore[arg-type]

    fake = object()
    container = await build(provide=[Broken, cart], replace={Broken: Replacement(fake)})
    assert container.get(Cart).store is fake
    assert container.get(Broken) is fake


async def test_replacing_by_a_constructor_that_is_given_what_the_graph_offers(build: Any) -> None:
    class Fake(Store):
        def __init__(self, n: int) -> None:
            self.n = n

    container = await build(provide=[Store, Cart], supply=[9], replace={Store: Replacement(by=Fake)})
    assert container.get(Cart).store.n == 9


async def test_what_is_offered_by_the_host_or_by_nobody_can_be_replaced(build: Any) -> None:
    offers = Offers(values={int: 1}, per_module={str: lambda module: module})
    replace = {int: Replacement(2), str: Replacement("x"), Store: Replacement(Store())}

    def show(n: int, s: str, store: Store) -> list[Any]:
        return [n, s, store]

    container = await build(provide=[show], offers=offers, replace=replace)
    assert container.get(list[Any])[:2] == [2, "x"]


async def test_replacing_one_interface_leaves_the_others(build: Any) -> None:
    class Fake:
        def load(self) -> str:
            return "fake"

    container = await build(provide=[provide(Disk, provides=(Loads, Saves))], replace={Loads: Replacement(Fake())})
    assert container.get(Loads).load() == "fake"
    assert isinstance(container.get(Saves), Disk)


async def test_a_replacement_may_be_made_asynchronously_and_has_a_tail(build: Any) -> None:
    ended: list[str] = []

    async def fake() -> AsyncIterator[Store]:
        yield Store()
        ended.append("fake")

    container = await build(provide=[Store, Cart], replace={Store: Replacement(by=fake)})
    assert (await container.make(Cart)).store is container.get(Store)
    await container.close()
    assert ended == ["fake"]


async def test_a_fake_may_be_partial_but_no_stranger(build: Any) -> None:
    class Clock:
        def now(self) -> float:
            return 1.0

        def sleep(self) -> None: ...

    class Fake:
        def now(self) -> float:
            return 2.0

    class Stranger:
        def later(self) -> None: ...

    def stranger() -> Stranger:
        return Stranger()

    fake = Fake()
    assert (await build(provide=[Clock], replace={Clock: Replacement(fake)})).get(Clock) is fake
    for wrong in (Replacement(Stranger()), Replacement(by=stranger), Replacement(5), Replacement(None)):
        with pytest.raises(Refused, match="the replacement of Clock is"):
            await build(provide=[Clock], replace={Clock: wrong})


async def test_what_a_replacing_constructor_makes_is_checked(build: Any) -> None:
    container = await build(provide=[provide(lambda: 1, provides=int)], replace={int: Replacement(by=lambda: "x")})
    with pytest.raises(Wrong, match="is offered as int, and what it made is a str"):
        container.get(int)


async def test_the_lifecycle_of_all_is_replaced(build: Any) -> None:
    class Still:
        def hook(self, **given: Any) -> None: ...

    def use(life: Lifecycle) -> None:
        life.hook(start=lambda: None)

    container = await build(invoke=[use], replace={Lifecycle: Replacement(Still())})
    assert container.hooks.of == {}
