"""Background work is supervised: restarted by policy, cancelled by the stop, or it brings the host down."""

from __future__ import annotations

import asyncio
import math
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from app.ambient import Metadata, Principal, acting, deadline, principal, remaining
from app.telling.steps import BackgroundFailed, ShutdownRequested, Teller
from app.wiring.background import Background, Policy
from app.wiring.container import Container
from app.wiring.graph import Offers, read
from app.wiring.life import Life, StopFailed
from app.wiring.lifecycle import Lifecycle, StateError
from app.wiring.shutdown import Shutdown

tenant = Metadata("tests-background-tenant", str)
NOW = {"backoff": 0.0, "max_backoff": 0.0}


def kept() -> tuple[list[Background], Any]:
    found: list[Background] = []

    def keep(background: Background) -> None:
        found.append(background)

    return found, keep


async def test_work_of_a_constructor_starts_with_it_and_is_cancelled_at_its_stop(live: Any) -> None:
    log: list[str] = []
    begun = asyncio.Event()

    class Poller:
        def __init__(self, life: Lifecycle, background: Background) -> None:
            life.hook(start=lambda: log.append("connected"), stop=lambda: log.append("left"))
            background.run(self.poll)

        async def poll(self) -> None:
            log.append("polling")
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cancelled")

    def need(poller: Poller) -> None: ...

    life = await live(provide=[Poller], invoke=[need])
    for _ in range(2):
        begun.clear()
        await life.start()
        await begun.wait()
        await life.stop()
    assert log == ["connected", "polling", "cancelled", "left"] * 2


async def test_work_that_fails_brings_the_host_down_with_its_cause(live: Any, spy: Any) -> None:
    error = OSError("gone")

    async def work() -> None:
        raise error

    def main(background: Background) -> None:
        background.run(work, name="poll")

    life = await live(invoke=[main])
    await life.start()
    request = await life._container.shutdown.wait()
    assert request == (1, error)
    assert [(step.work, step.retry_in) for step in spy.of(BackgroundFailed)] == [("poll", None)]
    assert spy.of(ShutdownRequested)[0].cause is error
    await life.stop()


async def test_work_is_restarted_after_a_failure_until_it_has_failed_too_often(live: Any, spy: Any) -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        raise OSError

    def main(background: Background) -> None:
        background.run(work, restart="on-failure", attempts=3, **NOW)

    life = await live(invoke=[main])
    await life.start()
    assert (await life._container.shutdown.wait()).code == 1
    assert len(runs) == 3
    assert [step.retry_in for step in spy.of(BackgroundFailed)] == [0.0, 0.0, None]
    await life.stop()


async def test_work_that_returns_is_over_unless_it_is_always_restarted(live: Any) -> None:
    runs: list[str] = []
    enough = asyncio.Event()

    async def once() -> None:
        runs.append("once")

    async def always() -> None:
        runs.append("always")
        if runs.count("always") == 3:
            enough.set()
            await asyncio.Event().wait()

    def main(background: Background) -> None:
        background.run(once, restart="on-failure")
        background.run(always, restart="always", **NOW)

    life = await live(invoke=[main])
    await life.start()
    await enough.wait()
    assert runs.count("once") == 1
    await life.stop()


def test_delays_double_up_to_the_most() -> None:
    policy = Policy(backoff=0.5, most=3.0)
    assert [policy.delay(n) for n in (1, 2, 3, 4, 500)] == [0.5, 1.0, 2.0, 3.0, 3.0]


async def test_a_steady_run_makes_earlier_failures_forgotten(live: Any) -> None:
    runs: list[int] = []
    enough = asyncio.Event()

    async def work() -> None:
        runs.append(1)
        if len(runs) == 9:
            enough.set()
            await asyncio.Event().wait()
        raise OSError

    def main(background: Background) -> None:
        background.run(work, restart="on-failure", attempts=2, steady=0.0, **NOW)

    life = await live(invoke=[main])
    await life.start()
    await enough.wait()
    await life.stop()


async def test_work_handed_in_later_starts_at_once_and_is_cancelled_at_the_stop(live: Any) -> None:
    found, keep = kept()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    life = await live(invoke=[keep])
    await life.start()
    found[0].run(work)
    await begun.wait()
    await life.stop()
    assert ended.is_set()
    with pytest.raises(StateError):
        found[0].run(work)
    begun.clear()
    await life.start()
    await asyncio.sleep(0)
    assert not begun.is_set()
    await life.stop()


async def test_work_runs_in_a_context_of_its_own(live: Any) -> None:
    found, keep = kept()
    variable: ContextVar[str] = ContextVar("variable", default="none")
    seen: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        seen.set_result(variable.get())

    life = await live(invoke=[keep])
    await life.start()
    variable.set("of a request")
    found[0].run(work)
    assert await seen == "none"
    await life.stop()


async def test_work_may_carry_on_what_a_call_began_without_its_deadline(live: Any) -> None:
    found, keep = kept()
    seen: asyncio.Future[tuple[Any, float, Any]] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        seen.set_result((principal(), remaining(), tenant.get()))

    life = await live(invoke=[keep])
    await life.start()
    with acting(Principal("ann")), tenant.set("acme"), deadline(5):
        found[0].run(work, carry=True)
    assert await seen == (Principal("ann"), math.inf, "acme")
    await life.stop()


async def test_what_is_not_async_is_no_background_work(live: Any, spy: Any) -> None:
    def main(background: Background) -> None:
        background.run(lambda: None)  # type: ignore[arg-type, return-value]

    life = await live(invoke=[main])
    await life.start()
    assert "not async" in str((await life._container.shutdown.wait()).cause)
    await life.stop()


async def test_what_work_raises_while_it_is_cancelled_comes_back_from_the_stop(live: Any) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("while leaving")

    def main(background: Background) -> None:
        background.run(work)

    life = await live(invoke=[main])
    await life.start()
    await begun.wait()
    with pytest.raises(StopFailed) as caught:
        await life.stop()
    assert str(caught.value.exceptions[0]) == "while leaving"


async def test_one_piece_of_work_can_be_cancelled(live: Any) -> None:
    found, keep = kept()
    life = await live(invoke=[keep])
    await life.start()
    work = found[0].run(asyncio.Event().wait)
    await asyncio.sleep(0)
    await work.cancel()
    assert work.task is None
    await life.stop()


async def test_a_request_to_shut_down_may_come_from_any_thread_and_the_first_counts(build: Any, spy: Any) -> None:
    container = await build(provide=[])
    shutdown = container.get(Shutdown)
    thread = threading.Thread(target=shutdown, args=(3,))
    waiting = asyncio.ensure_future(shutdown.wait())
    await asyncio.sleep(0)
    thread.start()
    assert (await waiting).code == 3
    shutdown(4)
    assert (await shutdown.wait()).code == 3
    thread.join()


async def test_a_host_that_takes_requests_itself_gets_them_in_its_own_thread(spy: Any) -> None:
    asked: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def take(code: int, cause: BaseException | None) -> None:
        asked.set_result((code, threading.current_thread().name))

    container = Container(read([], Offers(shutdown=take)), Teller(spy))
    await container.build()
    threading.Thread(target=container.shutdown, args=(2,)).start()
    assert await asked == (2, threading.main_thread().name)


async def test_work_that_wants_the_process_to_end_brings_the_host_down_in_order(build: Any, spy: Any) -> None:
    async def leave() -> None:
        raise SystemExit(3)

    def use(background: Background) -> None:
        background.run(leave)

    container = await build(invoke=[use])
    life = Life(container, Teller(spy))
    await life.start()
    request = await container.shutdown.wait()
    assert (request.code, type(request.cause)) == (1, SystemExit)
    await life.close()


@pytest.mark.parametrize(("work", "restart", "error"), [(5, "never", TypeError), (print, "onfailure", ValueError)])
async def test_work_that_cannot_be_run_is_told_to_its_constructor(
    build: Any, work: Any, restart: Any, error: Any
) -> None:
    def use(background: Background) -> None:
        background.run(work, restart=restart)

    with pytest.raises(error):
        await build(invoke=[use])
