"""The order of hooks, hooks that come late, and the states of a life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.telling.steps import HookStarted, HookStopped
from app.wiring.graph import Offers
from app.wiring.lifecycle import Lifecycle, Phase, StateError
from tests.host.wiring.floors import DOWN, FLOORS, UP, Api, Pool, log, say, says


@pytest.fixture(autouse=True)
def _fresh() -> None:
    log.clear()


async def test_dependants_wait_and_stop_goes_the_other_way(live: Any, spy: Any) -> None:
    life = await live(**FLOORS)
    await life.start()
    assert log == UP
    await life.stop()
    assert log == UP + DOWN
    assert [step.hook for step in spy.of(HookStarted)] == ["Pool", "Store", "Store", "Api"]
    assert [step.hook for step in spy.of(HookStopped)] == ["Api", "Store", "Store", "Pool"]


async def test_where_the_graph_leaves_a_choice_the_declared_order_counts(live: Any) -> None:
    def hooked(name: str) -> Any:
        def hook(life: Lifecycle) -> None:
            life.hook(start=say(f"+{name}"), stop=say(f"-{name}"))

        return hook

    life = await live(invoke=[hooked("a"), hooked("b"), hooked("c")])
    await life.start()
    await life.stop()
    assert log == ["+a", "+b", "+c", "-c", "-b", "-a"]


async def test_start_stop_start_keeps_the_singletons_and_close_is_the_end(live: Any) -> None:
    life = await live(**FLOORS)
    for _ in range(2):
        await life.start()
        await life.stop()
    assert log == (UP + DOWN) * 2
    await life.close()
    assert life.phase is Phase.CLOSED
    with pytest.raises(StateError, match="closed"):
        await life.start()


async def test_a_second_start_is_a_state_error(live: Any) -> None:
    life = await live(**FLOORS)
    await life.start()
    with pytest.raises(StateError, match="started already"):
        await life.start()
    await life.stop()
    await life.stop()
    assert log == UP + DOWN


async def test_close_stops_first_and_runs_tails_last(live: Any) -> None:
    async def tail(api: Api) -> AsyncIterator[int]:
        yield 1
        log.append("tail")

    def need(n: int) -> None: ...

    life = await live(provide=[*FLOORS["provide"], tail], invoke=[need])
    await life.start()
    await life.close()
    assert log == [*UP, *DOWN, "tail"]


async def test_independent_branches_overlap(live: Any) -> None:
    one, two = asyncio.Event(), asyncio.Event()

    def branch(mine: asyncio.Event, other: asyncio.Event) -> Any:
        async def meet() -> None:
            mine.set()
            await other.wait()

        def hooked(life: Lifecycle) -> None:
            life.hook(start=meet)

        return hooked

    life = await live(invoke=[branch(one, two), branch(two, one)])
    await life.start()


async def test_a_hook_added_while_starting_is_run_and_stopped(live: Any) -> None:
    class Late:
        def __init__(self, pool: Pool, life: Lifecycle) -> None:
            self.life = life
            life.hook(start=self.begin, stop=say("-late"))

        async def begin(self) -> None:
            log.append("+late")
            self.life.hook(start=says("+added"), stop=says("-added"))

    def need(late: Late) -> None: ...

    life = await live(provide=[Pool, Late], invoke=[need])
    for _ in range(2):
        await life.start()
        await life.stop()
    assert log == ["+pool", "+late", "+added", "-added", "-late", "-pool"] * 2


async def test_a_hook_added_to_a_constructor_whose_turn_is_over_is_run_and_stopped(live: Any) -> None:
    class Low:
        def __init__(self, life: Lifecycle) -> None:
            self.life = life

    def high(low: Low, life: Lifecycle) -> None:
        life.hook(start=lambda: low.life.hook(start=says("+added"), stop=say("-added")))

    life = await live(provide=[Low], invoke=[high])
    await life.start()
    assert log == ["+added"]
    await life.stop()
    assert log == ["+added", "-added"]


async def test_once_started_only_a_stop_may_be_added(live: Any) -> None:
    kept: list[Lifecycle] = []
    life = await live(invoke=[kept_in(kept)])
    await life.start()
    with pytest.raises(StateError, match="too late"):
        kept[0].hook(start=say("+"))
    kept[0].hook(stop=say("-"))
    await life.stop()
    assert log == ["-"]
    await life.start()
    await life.stop()
    assert log == ["-"]


def kept_in(kept: list[Lifecycle]) -> Any:
    def keep(life: Lifecycle) -> None:
        kept.append(life)

    return keep


async def test_two_stops_at_once_are_one(live: Any) -> None:
    life = await live(**FLOORS)
    await life.start()
    await asyncio.gather(life.stop(), life.stop())
    assert log == UP + DOWN


class Prices(Contract):
    @query()
    async def all(self) -> None: ...


class Stock(Contract):
    @query()
    async def all(self) -> None: ...


def answerer(contract: Any, name: str, *needs: Any) -> Any:
    class Answer(contract):
        def __init__(self, life: Lifecycle, needed: Any = None) -> None:
            life.hook(start=says(f"+{name}"), stop=says(f"-{name}"))

        async def all(self) -> None: ...

    if needs:
        Answer.__init__.__annotations__["needed"] = needs[0]
    return contract.by(Answer)


async def test_who_answers_a_contract_here_starts_before_who_asks_for_it(live: Any) -> None:
    offers = Offers(contracts={Prices: object.__new__(Prices)}, local=frozenset({Prices}))
    asks = Module(name="asks", exports=[answerer(Stock, "stock", Prices)])
    life = await live(asks, exports=[answerer(Prices, "prices")], offers=offers)
    await life.start()
    await life.stop()
    assert log == ["+prices", "+stock", "-stock", "-prices"]


async def test_modules_that_ask_each_other_start_all_the_same(live: Any) -> None:
    both = frozenset({Prices, Stock})
    offers = Offers(contracts={c: object.__new__(c) for c in both}, local=both)
    asks = Module(name="asks", exports=[answerer(Stock, "stock", Prices)])
    life = await live(asks, exports=[answerer(Prices, "prices", Stock)], offers=offers)
    await life.start()
    await life.stop()
    assert sorted(log) == ["+prices", "+stock", "-prices", "-stock"]


async def test_a_start_without_a_build_is_a_state_error(build: Any, spy: Any) -> None:
    from app.telling.steps import Teller
    from app.wiring.container import Container
    from app.wiring.graph import read
    from app.wiring.life import Life

    life = Life(Container(read([], Offers()), Teller(spy)), Teller(spy))
    with pytest.raises(StateError, match="not been built"):
        await life.start()
