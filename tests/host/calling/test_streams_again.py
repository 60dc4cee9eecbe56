"""A stream that could not begin is tried again like any call; one that nobody has begun to read follows a swap."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.calling.grpc.client import RemoteTarget
from app.calling.lean.lines import Line
from app.calling.lean.link import Link
from app.calling.lean.server import LeanServer
from app.calling.lean.target import LeanTarget
from app.calling.local import local_target
from app.calling.policy import Policy
from app.telling.steps import Teller

from .placing import bound, channels, lean, lean_lines, leanly_serving, placed, serving
from .shelf import Book, Shelf, ShelfAnswer, books

everywhere = pytest.mark.parametrize("where", ["local", "checked", "remote", "lean"])
QUICKLY = Policy(backoff=0.001)


class Moody(ShelfAnswer):
    """Its streams cannot begin, as often as told; then they can. One breaks after its first item."""

    moods = 1

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        self.tries += 1
        if self.tries <= self.moods:
            raise Unavailable("not yet")
        for n in range(number):
            if n == fail_at:
                raise Unavailable("in the middle")
            yield Book(title=str(n), pages=n)

    async def bind(self, books: AsyncIterator[Book]) -> AsyncIterator[Book]:
        self.tries += 1
        raise Unavailable("not yet")
        yield Book(title="never")


class Moodier(Moody):
    moods = 9


@everywhere
async def test_a_query_whose_stream_cannot_begin_is_tried_again_and_is_one_call(where: str) -> None:
    async with placed(where, policy=QUICKLY, by=Moody) as shelf:
        assert [book.pages async for book in shelf.caller.all(3)] == [0, 1, 2]
        assert shelf.answer.tries == 2
        counts = shelf.binding.counts["all"]
        assert (counts.calls, counts.done, counts.failed_by_kind(), sum(counts.buckets)) == (1, 1, {}, 1)


@everywhere
async def test_no_more_tries_than_the_policy_allows_are_made(where: str) -> None:
    async with placed(where, policy=QUICKLY, by=Moodier) as shelf:
        stream = shelf.caller.all(3)
        with pytest.raises(Unavailable):
            await anext(stream)
        assert shelf.answer.tries == 3
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        counts = shelf.binding.counts["all"]
        assert (counts.calls, counts.done, counts.failed_by_kind()) == (1, 1, {"UNAVAILABLE": 1})


@everywhere
async def test_a_stream_that_breaks_after_an_item_is_not_begun_anew(where: str) -> None:
    async with placed(where, policy=QUICKLY, by=Moody) as shelf:
        got: list[int] = []
        with pytest.raises(Unavailable):
            async for book in shelf.caller.all(3, fail_at=1):
                got.append(book.pages)  # noqa: PERF401
        assert got == [0]
        assert shelf.answer.tries == 2


@everywhere
async def test_a_command_whose_stream_has_begun_elsewhere_is_not_tried_again(where: str) -> None:
    async with placed(where, policy=QUICKLY, by=Moody) as shelf:
        with pytest.raises(Unavailable):
            await anext(shelf.caller.bind(books(1)))
        assert shelf.answer.tries == 1


@everywhere
async def test_no_further_try_is_made_past_the_deadline(where: str) -> None:
    async with placed(where, policy=Policy(backoff=1000, backoff_limit=1000), by=Moody) as shelf:
        with deadline(30), pytest.raises(Unavailable):
            await anext(shelf.caller.all(3))
        with pytest.raises(DeadlineExceeded), deadline(0):
            await anext(shelf.caller.all(3))
        assert shelf.answer.tries == 1


@everywhere
async def test_one_who_closes_the_stream_while_it_waits_for_another_try_ends_it(where: str) -> None:
    async with placed(where, policy=Policy(backoff=0.2), by=Moody) as shelf:
        stream = shelf.caller.all(3)
        first = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
        while not stream._over:  # type: ignore[attr-defined]  # the first try is
            await asyncio.sleep(0.001)
        await stream.aclose()  # type: ignore[attr-defined]
        with pytest.raises(StopAsyncIteration):
            await first
        assert shelf.binding.running == 0


@everywhere
async def test_one_who_is_cancelled_while_it_waits_for_another_try_ends_it(where: str) -> None:
    async with placed(where, policy=Policy(backoff=100, backoff_limit=100), by=Moody) as shelf:
        first = asyncio.create_task(anext(shelf.caller.all(3)))  # type: ignore[arg-type]
        while not shelf.answer.tries:
            await asyncio.sleep(0.001)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        counts = shelf.binding.counts["all"]
        assert (counts.running, counts.failed_by_kind()) == (0, {"GIVEN_UP": 1})


async def test_one_who_closes_a_stream_while_it_is_opened_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with placed("lean") as shelf:
        opening, go_on = asyncio.Event(), asyncio.Event()
        connected = Line.connected

        async def slowly(line: Line, contract: str, until: float) -> Link:
            opening.set()
            await go_on.wait()
            return await connected(line, contract, until)

        monkeypatch.setattr(Line, "connected", slowly)
        stream = shelf.caller.all(3)
        first = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
        await opening.wait()
        with pytest.raises(RuntimeError, match="somebody else waits"):
            await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        go_on.set()
        with pytest.raises(StopAsyncIteration):
            await first
        await shelf.caller.see()
        assert shelf.answer.log == []
        assert shelf.binding.running == 0


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(["local", "grpc", "lean"], 2)))
async def test_a_stream_that_was_made_before_a_swap_is_answered_by_the_new_target(before: str, after: str) -> None:
    old, new = ShelfAnswer(), ShelfAnswer()
    binding = bound(ShelfAnswer())
    caller: Shelf = binding.caller  # type: ignore[assignment]

    async with (
        serving(bound(old)) as old_grpc,
        serving(bound(new)) as new_grpc,
        leanly_serving(bound(old)) as old_lean,
        leanly_serving(bound(new)) as new_lean,
        channels() as ways,
        lean_lines() as lines,
    ):

        def target(kind: str, answer: ShelfAnswer, grpc_at: str, lean_at: str):
            if kind == "grpc":
                return RemoteTarget(binding.spec, ways, [grpc_at])
            if kind == "lean":
                return LeanTarget(binding.spec, lines, [lean_at])
            return local_target(binding.spec, [answer], "library")

        await binding.swap(target(before, old, old_grpc, old_lean.address)).idle()
        with deadline(60):
            stream, untouched = caller.all(3), caller.all(3)
            bounded = caller.drip()
            retired = binding.swap(target(after, new, new_grpc, new_lean.address))
            await retired.idle()
            assert [book.pages async for book in stream] == [0, 1, 2]
            assert (await anext(bounded)).title == "first"
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        await untouched.aclose()  # type: ignore[attr-defined]
        await bounded.aclose()  # type: ignore[attr-defined]
        assert old.log == []
        assert retired.running == binding.running == 0


async def test_streams_that_a_stopping_server_has_not_begun_begin_elsewhere() -> None:
    first, second = ShelfAnswer(), ShelfAnswer()
    stopping = LeanServer([bound(first)], address="127.0.0.1:0", tell=Teller())
    await stopping.start()
    stopping.ready(True)
    async with leanly_serving(bound(second)) as staying, lean_lines() as lines:
        binding = lean([stopping.address, staying.address], lines)
        caller: Shelf = binding.caller  # type: ignore[assignment]
        await caller.see()
        while not all(line.fit for line in lines._lines.values()):  # nobody is called before
            await asyncio.sleep(0.002)
        (session,) = stopping.sessions
        session._transport.pause_reading()  # what is sent now is not read any more

        async def read() -> list[int]:
            return [book.pages async for book in caller.all(3)]

        with deadline(60):
            readers = [asyncio.create_task(read()) for _ in range(100)]
            while second.log.count("closed") < 50:
                await asyncio.sleep(0.005)
            assert await stopping.stop(10) == 0
            assert await asyncio.gather(*readers) == [[0, 1, 2]] * 100
        assert first.log == []
        counts = binding.counts["all"]
        assert (counts.calls, counts.done, counts.failed_by_kind()) == (100, 100, {})
