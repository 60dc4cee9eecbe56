"""A host is started once at a time, closed once for all, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app import Background, Contract, Lifecycle, Module, Refused, Shutdown
from app.testing import TestHost
from app.wiring.lifecycle import StateError
from app.wiring.nodes import Node


class Store:
    pass


def shop(log: list[str], *, stop: Any = None) -> Module:
    def store(life: Lifecycle) -> Iterator[Store]:
        life.hook(start=lambda: log.append("+"), stop=lambda: log.append("-"))
        if stop is not None:
            life.hook(stop=stop)
        yield Store()
        log.append("~")

    def use(store: Store, life: Lifecycle) -> None: ...

    return Module(name="shop", provide=[store], invoke=[use])


async def test_a_second_start_is_a_state_error_and_leaves_the_host_running() -> None:
    log: list[str] = []
    async with TestHost(shop(log)) as host:
        with pytest.raises(StateError, match="started already"):
            await host.host.start()
        assert log == ["+"]
    assert log == ["+", "-", "~"]


async def test_a_closed_host_cannot_be_started() -> None:
    log: list[str] = []
    async with TestHost(shop(log)) as host:
        await host.host.stop()
        await host.host.close()
        with pytest.raises(StateError, match="closed"):
            await host.host.start()
    assert log == ["+", "-", "~"]


async def test_a_host_that_starts_again_can_be_asked_to_leave_again() -> None:
    kept: list[Shutdown] = []
    async with TestHost(Module(name="shop", invoke=[_keep(kept)])) as host:
        kept[0](3)
        assert host.host.exit_code == 3
        await host.host.stop()
        await host.host.start()
        assert host.host.exit_code == 0
        kept[0](4)
        assert host.host.exit_code == 4


async def test_a_host_whose_leaving_is_cancelled_still_runs_every_hook_and_tail() -> None:
    log: list[str] = []
    stopping = asyncio.Event()

    async def hang() -> None:
        stopping.set()
        await asyncio.Event().wait()

    async def live() -> None:
        async with TestHost(shop(log, stop=hang)):
            pass

    task = asyncio.create_task(live())
    await stopping.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["+", "-", "~"]


async def test_what_the_plan_and_the_graph_refuse_comes_at_once() -> None:
    class Payments(Contract): ...

    def pay(payments: Payments, missing: Store, unsaid) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(Refused) as caught:
        async with TestHost(Module(name="shop", invoke=[pay])):
            pass
    kinds = [refusal.kind for refusal in caught.value.refusals]
    assert sorted(kinds[1:]) == ["missing-provider", "unreadable-annotation"]
    assert "Payments" in caught.value.refusals[0].says()


@pytest.mark.parametrize(
    "declared",
    [{"provide": Store}, {"modules": [3]}, {"exports": [Contract]}, {"supply": 3, "decorate": 4, "controllers": [5]}],
)
async def test_lists_that_are_none_or_hold_something_else_are_refused(declared: Any) -> None:
    with pytest.raises(Refused):
        async with TestHost(Module(name="shop", **declared)):
            pass


async def test_a_module_that_holds_itself_is_refused() -> None:
    children: list[Module] = []
    module = Module(name="shop", modules=children)
    children.append(module)
    with pytest.raises(Refused, match="included twice"):
        async with TestHost(module):
            pass


async def test_hosts_leave_no_tasks_threads_or_nodes_behind() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    def use(background: Background) -> None:
        background.run(forever)

    async def once() -> None:
        async with TestHost(shop([]), Module(name="other", invoke=[use])):
            pass

    await once()
    before = _left()
    for _ in range(10):
        await once()
    async with asyncio.timeout(30):
        while any(now > then for now, then in zip(_left(), before, strict=True)):
            await asyncio.sleep(0.01)  # a thread that was told to end is given time to


def _left() -> tuple[int, int, int]:
    while gc.collect():  # what has to be finalized first is freed in the round after
        pass
    nodes = sum(type(each) is Node for each in gc.get_objects())
    return len(asyncio.all_tasks()), threading.active_count(), nodes


def _keep(kept: list[Shutdown]) -> Any:
    def keep(shutdown: Shutdown) -> None:
        kept.append(shutdown)

    return keep
