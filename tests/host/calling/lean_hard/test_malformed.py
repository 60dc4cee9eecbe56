"""Thousands of connections that say what none should: nothing is left of them, and a good one beside them is answered.

LEAN_HARD=20 makes it 104,000 connections.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

from app.telling.steps import PeerRefused, Step, Teller

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer
from .attacks import AFTER, BEFORE, attacks
from .raiders import raid
from .watch import complaints, emptied, rss, times

NUMBER = 1300
"""Connections of each of the four cases."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("loops", "ours", "theirs"),
    [
        (uvloop.new_event_loop, KEY, KEY),
        (uvloop.new_event_loop, KEY, b"another"),
        (uvloop.new_event_loop, None, None),
        (asyncio.new_event_loop, KEY, KEY),
    ],
    ids=["with the key", "with a wrong key", "where there is no key", "on asyncio's own loop"],
)
def test_bad_connections_leave_nothing_and_a_good_one_is_answered(
    caplog: pytest.LogCaptureFixture, loops: Any, ours: bytes | None, theirs: bytes | None
) -> None:
    gc.collect()  # what other tests have left says so now
    caplog.clear()
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(_raided(ours, theirs))
    # gRPC wakes the loop of an earlier test of this process, which is closed; nobody here speaks gRPC.
    said = {text for record in caplog.records if "PollerCompletionQueue" not in (text := record.getMessage())}
    # The raiders themselves, on the same loop, may write to who has hung up.
    assert said <= {"socket.send() raised exception."}


async def _raided(ours: bytes | None, theirs: bytes | None) -> None:
    steps, bugs = list[Step](), list[Step]()
    answered, done = 0, asyncio.Event()
    loop = asyncio.get_running_loop()
    began = loop.time()
    with complaints() as heard:
        async with (
            leanly_serving(bound(ShelfAnswer(), steps=bugs), key=ours, tell=Teller(steps.append)) as server,
            lean_lines(key=ours) as lines,
        ):
            caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]

            async def good() -> None:
                nonlocal answered
                while not done.is_set():
                    title = f"book {answered}"
                    assert await caller.find(title) == Book(title=title, pages=1)
                    answered += 1
                    await asyncio.sleep(0.001)

            asking = asyncio.create_task(good())
            await raid(server.address, attacks(1, 300), key=theirs)
            await emptied(server, lines)
            tasks, memory = len(asyncio.all_tasks()), rss()
            outcome = await raid(server.address, attacks(2, times(NUMBER)), key=theirs)
            done.set()
            await asking
            await emptied(server, lines)
            assert outcome == {"made": times(NUMBER)}
            assert answered > 10
            assert len(asyncio.all_tasks()) <= tasks
            assert rss() - memory < 64 * 1024
            seconds = loop.time() - began
    assert heard == []
    assert bugs == []
    assert {type(step) for step in steps} == {PeerRefused}
    assert len(steps) <= seconds + 2


@pytest.mark.parametrize("attack", [*BEFORE, *AFTER], ids=lambda attack: attack.__name__)
def test_an_attack_is_the_same_for_the_same_seed(attack: Callable[[random.Random], bytes]) -> None:
    assert [attack(random.Random(n)) for n in range(20)] == [attack(random.Random(n)) for n in range(20)]
