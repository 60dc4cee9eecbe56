"""A start that hangs says who waits for whom, even where the loop itself is blocked."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from app.module.declaration import Module
from app.telling.steps import StartStuck, Step, Teller
from app.wiring.container import Container
from app.wiring.graph import Offers, read
from app.wiring.life import Life, StartFailed
from app.wiring.lifecycle import Lifecycle


class Pool:
    """Hangs until it is released."""

    release: Any

    def __init__(self, life: Lifecycle) -> None:
        life.hook(start=self.connect, name="connect to the database")

    def connect(self) -> Any:
        return self.release()


class Store:
    def __init__(self, pool: Pool) -> None: ...


class Shop:
    def __init__(self, store: Store, life: Lifecycle) -> None:
        life.hook(start=lambda: None)


def serve(shop: Shop, life: Lifecycle) -> None:
    life.hook(start=lambda: None)


TREE = ["serve (module m) waits for", "└ Shop (module m) waits for", "  └ Pool (module m) is starting: connect to the"]


async def _life(teller: Teller, **options: Any) -> Life:
    modules = [Module(name="m", provide=[Pool, Store, Shop], invoke=[serve])]
    container = Container(read(modules, Offers()), teller)
    await container.build()
    return Life(container, teller, **options)


async def test_a_hook_that_hangs_is_drawn_with_all_who_wait_for_it(monkeypatch: Any) -> None:
    begun, release = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    stuck: list[StartStuck] = []

    def hear(step: Step) -> None:
        if isinstance(step, StartStuck) and begun.is_set() and not stuck:  # it may be told before the hook's turn, too
            stuck.append(step)
            loop.call_soon_threadsafe(release.set)

    def hang() -> Any:
        begun.set()
        return release.wait()

    monkeypatch.setattr(Pool, "release", staticmethod(hang), raising=False)
    life = await _life(Teller(hear), stuck_after=0.01)
    await life.start()
    assert [line.partition(" database")[0] for line in stuck[0].tree.splitlines()] == TREE
    await life.stop()


async def test_a_hook_that_blocks_the_loop_is_told_of_from_a_thread(monkeypatch: Any) -> None:
    release = threading.Event()
    told_in: list[str] = []

    def hear(step: Step) -> None:
        if isinstance(step, StartStuck):
            told_in.append(threading.current_thread().name)
            release.set()

    monkeypatch.setattr(Pool, "release", staticmethod(lambda: release.wait() and None), raising=False)
    life = await _life(Teller(hear), stuck_after=0.01)
    await life.start()
    assert told_in[0] == "start watchdog"
    await life.stop()


async def test_a_start_that_runs_out_of_time_always_says_it(monkeypatch: Any, spy: Any) -> None:
    monkeypatch.setattr(Pool, "release", staticmethod(asyncio.Event().wait), raising=False)
    life = await _life(Teller(spy), start_timeout=0.01, stuck_after=60)
    with pytest.raises(StartFailed):
        await life.start()
    assert len(spy.of(StartStuck)) == 1


async def test_a_start_that_ends_in_time_says_nothing(monkeypatch: Any, spy: Any) -> None:
    monkeypatch.setattr(Pool, "release", staticmethod(lambda: None), raising=False)
    life = await _life(Teller(spy))
    await life.start()
    await life.stop()
    assert spy.of(StartStuck) == []


def _waiting_for(hang: Any) -> list[Module]:
    async def pool() -> complex:
        await hang()
        return 1j

    class User:
        def __init__(self, pool: complex) -> None: ...

    def serve_all(user: User) -> None: ...

    return [Module(name="m", provide=[pool, User], invoke=[serve_all])]


DRAWN = ["serve_all (module m)", "└ User (module m)", "└ pool (module m)"]


async def test_a_constructor_that_hangs_is_drawn_below_those_who_wait_for_it() -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    drawn: list[list[str]] = []

    def hear(step: Step) -> None:
        if isinstance(step, StartStuck) and step.tree:  # nothing is drawn before the first constructor's turn
            drawn.append([line.strip() for line in step.tree.splitlines()])
            loop.call_soon_threadsafe(release.set)

    container = Container(read(_waiting_for(release.wait), Offers()), Teller(hear), stuck_after=0.005)
    await container.build()
    assert drawn[0][:3] == DRAWN


async def test_a_build_that_runs_out_of_time_says_which_constructor_hangs(spy: Any) -> None:
    container = Container(read(_waiting_for(asyncio.Event().wait), Offers()), Teller(spy))
    with pytest.raises(TimeoutError, match=r"the build did not end within 0\.01 s") as caught:
        await container.build(timeout=0.01)
    assert [line.strip() for line in str(caught.value).partition("s: ")[2].splitlines()[:3]] == DRAWN
