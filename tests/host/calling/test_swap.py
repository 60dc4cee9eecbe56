"""A binding's target can change while calls are in flight; each call ends where it began."""

from __future__ import annotations

import asyncio

import pytest

from app import deadline
from app.calling.grpc.client import RemoteTarget
from app.calling.local import local_target
from app.telling.steps import Step, Swapped

from .placing import bound, channels, serving
from .shelf import Book, Shelf, ShelfAnswer


async def test_swapping_under_load_from_here_to_there_and_back_fails_no_call() -> None:
    answer, steps = ShelfAnswer(), list[Step]()
    here, behind = bound(answer, steps=steps), bound(ShelfAnswer())
    caller: Shelf = here.caller  # type: ignore[assignment]
    find = caller.find  # whoever keeps the bound method follows the swap, too
    over = False
    done = 0

    async def work() -> None:
        nonlocal done
        while not over:
            with deadline(30):
                assert (await find("a")).title == "a"
                assert [book.pages async for book in caller.all(3)] == [0, 1, 2]
            done += 2
            await asyncio.sleep(0)

    async with serving(behind) as address, channels() as lines:
        workers = [asyncio.create_task(work()) for _ in range(8)]
        for _ in range(5):
            for target in (
                RemoteTarget(here.spec, lines, [address]),
                local_target(here.spec, [answer], "library"),
            ):
                seen = done
                while done < seen + 40:
                    await asyncio.sleep(0)
                await here.swap(target).idle()
        over = True
        await asyncio.gather(*workers)
    moves = [(step.before, step.after) for step in steps if isinstance(step, Swapped)]
    assert moves[:2] == [("local", "remote"), ("remote", "local")]
    assert here.counts["find"].calls == here.counts["find"].done == done // 2
    assert not here.counts["find"].failed_by_kind()


async def test_a_call_in_flight_ends_on_the_target_where_it_began() -> None:
    class Slow(ShelfAnswer):
        async def put(self, book: Book) -> None:
            started.set()
            await go_on.wait()
            self.log.append(book.title)

    started, go_on = asyncio.Event(), asyncio.Event()
    old, new = Slow(), ShelfAnswer()
    binding = bound(old)
    caller: Shelf = binding.caller  # type: ignore[assignment]
    call = asyncio.create_task(caller.put(Book(title="a")))  # type: ignore[arg-type]
    await started.wait()
    retired = binding.swap(local_target(binding.spec, [new], "library"))
    await caller.put(Book(title="b"))
    idle = asyncio.create_task(retired.idle())
    await asyncio.sleep(0.01)
    assert not idle.done()
    go_on.set()
    await call
    await idle
    assert (old.log, new.log) == (["a"], ["b"])
    assert binding.counts["put"].calls == 2


async def test_a_stream_keeps_its_target_and_holds_it_back_from_idle() -> None:
    old = ShelfAnswer()
    binding = bound(old)
    caller: Shelf = binding.caller  # type: ignore[assignment]
    stream = caller.all(10)
    await anext(stream)
    retired = binding.swap(local_target(binding.spec, [ShelfAnswer()], "library"))
    with pytest.raises(Exception, match="deadline"), deadline(0.02):
        await retired.idle()
    assert (await anext(stream)).pages == 1
    del stream
    await retired.idle()
    assert old.log[-1] in ("closed", "made 1")


async def test_before_its_first_target_a_binding_answers_unimplemented() -> None:
    from app import Unimplemented
    from app.calling.binding import bind
    from app.module.spec import spec_of
    from app.telling.steps import Teller

    binding = bind(spec_of(Shelf), None, tell=Teller())
    caller: Shelf = binding.caller  # type: ignore[assignment]
    assert binding.placement == "nowhere"
    with pytest.raises(Unimplemented, match=r"Shelf\.find"):
        await caller.find("a")
    with pytest.raises(Unimplemented):
        caller.all(1)
