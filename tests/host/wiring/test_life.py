"""The order of hooks, what a failure undoes, deadlines, and the states of a life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.telling.steps import HookStarted, HookStartFailed, HookStopFailed, HookStopped
from app.wiring.graph import Offers
from app.wiring.life import StartFailed, StopFailed
from app.wiring.lifecycle import Lifecycle, Phase, StateError

log: list[str] = []


@pytest.fixture(autouse=True)
def _fresh() -> None:
    log.clear()


def say(text: str) -> Any:
    return lambda: log.append(text)


def says(text: str) -> Any:
    async def later() -> None:
        await asyncio.sleep(0)
        log.append(text)

    return later


async def forever() -> None:
    await asyncio.Event().wait()


def fail(error: Exception) -> Any:
    async def failing() -> None:
        await asyncio.sleep(0)
        raise error

    return failing


class Pool:
    def __init__(self, life: Lifecycle) -> None:
        life.hook(start=says("+pool"), stop=says("-pool"))


class Store:
    def __init__(self, pool: Pool, life: Lifecycle) -> None:
        life.hook(start=say("+store 1"), stop=say("-store 1"))
        life.hook(start=says("+store 2"), stop=says("-store 2"))


class Shop:
    def __init__(self, store: Store) -> None: ...


class Api:
    def __init__(self, shop: Shop, life: Lifecycle) -> None:
        life.hook(start=say("+api"), stop=say("-api"))


def use(api: Api) -> None: ...


FLOORS: dict[str, Any] = {"provide": [Api, Shop, Store, Pool], "invoke": [use]}
UP = ["+pool", "+store 1", "+store 2", "+api"]
DOWN = ["-api", "-store 2", "-store 1", "-pool"]


async def test_dependants_wait_and_stop_goes_the_other_way(live: Any, spy: Any) -> None:
    life = await live(**FLOORS)
    await life.start()
    assert log == UP
    await life.stop()
    assert log == UP + DOWN
    assert [step.hook for step in spy.of(HookStarted)] == ["Pool", "Store", "Store", "Api"]
    assert [step.hook for step in spy.of(HookStopped)] == ["Api", "Store", "Store", "Pool"]


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


async def test_a_failing_hook_cancels_those_in_flight_and_what_had_started_is_stopped(live: Any, spy: Any) -> None:
    def hanging(life: Lifecycle) -> None:
        life.hook(start=say("+first"), stop=say("-first"))
        life.hook(start=forever, stop=say("never"))
        life.hook(start=say("never"), stop=say("never"))

    def failing(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=fail(OSError("refused")), stop=say("never"))

    life = await live(provide=[Pool], invoke=[hanging, failing])
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert [str(error) for error in caught.value.exceptions] == ["refused"]
    assert sorted(log) == sorted(["+first", "+pool", "-first", "-pool"])
    failed = {step.hook: type(step.error) for step in spy.of(HookStartFailed)}
    assert failed == {"hanging": asyncio.CancelledError, "failing": OSError}
    assert life.phase is Phase.STOPPED


async def test_the_starts_errors_come_first_and_the_stops_with_them(live: Any) -> None:
    def low(life: Lifecycle) -> Any:
        life.hook(start=say("+low"), stop=fail(ValueError("stop")))

    class Low:
        def __init__(self, life: Lifecycle) -> None:
            low(life)

    def high(low: Low, life: Lifecycle) -> None:
        life.hook(start=fail(OSError("start")))

    life = await live(provide=[Low], invoke=[high])
    with pytest.raises(ExceptionGroup) as caught:
        await life.start()
    assert [str(error) for error in caught.value.exceptions] == ["start", "stop"]


async def test_a_failed_start_may_be_tried_again(live: Any) -> None:
    tries: list[int] = []

    async def connect() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError

    def db(life: Lifecycle) -> None:
        life.hook(start=connect)

    life = await live(invoke=[db])
    with pytest.raises(StartFailed):
        await life.start()
    await life.start()
    assert life.phase is Phase.STARTED


async def test_stop_runs_every_hook_whatever_fails(live: Any, spy: Any) -> None:
    class Low:
        def __init__(self, life: Lifecycle) -> None:
            life.hook(stop=say("-low 1"))
            life.hook(stop=fail(ValueError("low 2")))

    def high(low: Low, life: Lifecycle) -> None:
        life.hook(stop=fail(OSError("high")))

    life = await live(provide=[Low], invoke=[high])
    await life.start()
    with pytest.raises(StopFailed) as caught:
        await life.stop()
    assert [str(error) for error in caught.value.exceptions] == ["high", "low 2"]
    assert log == ["-low 1"]
    assert len(spy.of(HookStopFailed)) == 2
    assert life.phase is Phase.STOPPED


async def test_the_start_has_a_deadline(live: Any) -> None:
    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=forever)

    life = await live(provide=[Pool], invoke=[hang], options={"start_timeout": 0.02})
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert isinstance(caught.value.exceptions[0], TimeoutError)
    assert log == ["+pool", "-pool"]


async def test_a_hook_may_have_its_own_timeouts(live: Any) -> None:
    def hang(life: Lifecycle) -> None:
        life.hook(start=forever, start_timeout=0.01, name="lazy")

    def slow(life: Lifecycle) -> None:
        life.hook(stop=forever, stop_timeout=0.01, name="slow")

    life = await live(invoke=[slow, hang])
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert ["lazy" in str(caught.value.exceptions[0]), "slow" in str(caught.value.exceptions[1])] == [True, True]


async def test_the_stop_after_a_failed_start_has_a_budget_of_its_own(live: Any) -> None:
    stopped = asyncio.Event()

    async def slowly() -> None:
        await asyncio.sleep(0.03)  # longer than the start's deadline
        stopped.set()

    def low(life: Lifecycle) -> None:
        life.hook(stop=slowly)

    def hang(life: Lifecycle) -> None:
        life.hook(start=forever)

    life = await live(invoke=[low, hang], options={"start_timeout": 0.01})
    with pytest.raises(StartFailed) as caught:
        await life.start()
    assert stopped.is_set()
    assert len(caught.value.exceptions) == 1


async def test_a_hanging_stop_is_cut_off_and_the_rest_still_has_its_turn(live: Any) -> None:
    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(stop=forever, name="hung")

    life = await live(provide=[Pool], invoke=[hang], options={"stop_timeout": 0.02})
    await life.start()
    with pytest.raises(StopFailed, match="failed") as caught:
        await life.stop()
    assert "hung" in str(caught.value.exceptions[0])
    assert log == ["+pool", "-pool"]


async def test_a_hook_that_will_not_be_cancelled_is_left_alone(live: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("app.wiring.patience.GRACE", 0.01)
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    def low(life: Lifecycle) -> None:
        life.hook(stop=stubborn, stop_timeout=0.01)

    life = await live(provide=[Pool], invoke=[low])
    await life.start()
    with pytest.raises(StopFailed) as caught:
        await life.stop()
    assert "left alone" in str(caught.value.exceptions[0])
    release.set()


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


async def test_a_start_that_is_cancelled_is_undone(live: Any) -> None:
    begun = asyncio.Event()

    async def hang_on() -> None:
        begun.set()
        await forever()

    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=hang_on)

    life = await live(provide=[Pool], invoke=[hang])
    starting = asyncio.ensure_future(life.start())
    await begun.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert log == ["+pool", "-pool"]
    assert life.phase is Phase.STOPPED


async def test_stop_gives_up_a_start_that_goes_on(live: Any) -> None:
    begun = asyncio.Event()

    async def hang_on() -> None:
        begun.set()
        await forever()

    def hang(pool: Pool, life: Lifecycle) -> None:
        life.hook(start=hang_on)

    life = await live(provide=[Pool], invoke=[hang])
    starting = asyncio.ensure_future(life.start())
    await begun.wait()
    await life.stop()
    with pytest.raises(StartFailed) as caught:
        await starting
    assert "stopped before it had ended" in str(caught.value.exceptions[0])
    assert log == ["+pool", "-pool"]


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
