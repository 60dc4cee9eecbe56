"""Answers as nobody should write them: deaf to cancellation, of the wrong class, too long, or ending in whatever Python
lets one raise. The call ends, the connection stays, and nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app import DeadlineExceeded, Internal, NotFound, ResourceExhausted, Unavailable, deadline
from app.calling.policy import Policy
from app.telling.steps import Step

from ..lean.peer import until
from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Index, NoSuchBook, Shelf, ShelfAnswer
from .watch import complaints, emptied

ONCE = Policy(attempts=1)


class Own(BaseException):
    pass


class Badly(ShelfAnswer):
    """`find` ends as its title says; `hang` hears nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def find(self, title: str, *, pages: int = 1) -> Book:
        match title:
            case "its own descent":
                raise Own("secret")
            case "generator exit":
                raise GeneratorExit
            case "cancelled":
                raise asyncio.CancelledError
            case "group":
                raise BaseExceptionGroup("secret", [Own(), ValueError()])
            case "stop iteration":
                raise StopAsyncIteration
            case "no class":
                return None  # type: ignore[return-value]
            case "another class":
                return Index()  # type: ignore[return-value]
            case "a class of its own":
                return Heavy(title="secret")
            case "half a pair":
                return Book(title="\ud800")
            case "too long":
                return Book(title="x" * 5_000_000)
            case "a failure too long":
                raise NoSuchBook("x" * 5_000_000)
            case _:
                return await super().find(title)

    async def hang(self) -> Book:
        self.log.append("began")
        while not self.go.is_set():
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.log.append("heard nothing")
        return Book(title="late")

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        yield Book(title="first")
        yield await self.find(["its own descent", "generator exit", "cancelled", "another class", "too long"][number])


class Heavy(Book):
    weight: int = 0


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        *((title, Internal) for title in ("its own descent", "generator exit", "cancelled", "group", "stop iteration",
                                          "no class", "another class", "a class of its own", "half a pair")),
        ("too long", ResourceExhausted),
        ("a failure too long", NotFound),
    ],
)  # fmt: skip
async def test_whatever_an_answer_ends_with_its_caller_is_told_and_no_more(title: str, kind: type[Exception]) -> None:
    steps: list[Step] = []
    with complaints() as heard:
        async with leanly_serving(bound(Badly(), steps=steps)) as server, lean_lines() as lines:
            caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
            with pytest.raises(kind) as failed:
                await caller.find(title)
            assert "secret" not in str(failed.value)
            assert len(str(failed.value)) <= 2048
            assert (await caller.find("a")).title == "a"
            assert len(server.sessions) == 1
            await emptied(server, lines)
    assert heard == []


@pytest.mark.parametrize(("how", "kind"), [(n, Internal) for n in range(4)] + [(4, ResourceExhausted)])
async def test_whatever_a_stream_ends_with_its_reader_is_told(how: int, kind: type[Exception]) -> None:
    with complaints() as heard:
        async with leanly_serving(bound(Badly())) as server, lean_lines() as lines:
            caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
            items = aiter(caller.all(how))
            assert (await anext(items)).title == "first"
            with pytest.raises(kind):
                await anext(items)
            await emptied(server, lines)
    assert heard == []


async def test_a_task_that_somebody_here_cancels_ends_its_call_at_once() -> None:
    answer = ShelfAnswer()
    async with leanly_serving(bound(answer)) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with deadline(60):
            waiting = asyncio.create_task(caller.hang())
            await until(lambda: answer.log == ["began"])
            (session,) = server.sessions
            (task,) = session.tasks.values()
            task.cancel()
            with pytest.raises(Unavailable):
                await waiting
        await emptied(server, lines)


async def test_an_answer_that_is_deaf_to_cancellation_is_waited_for_by_nobody() -> None:
    answer = Badly()
    with complaints() as heard:
        async with leanly_serving(bound(answer), key=KEY) as server, lean_lines(key=KEY) as lines:
            caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
            while not answer.log:  # on a machine that is very busy its time may be over before
                with pytest.raises(DeadlineExceeded):
                    await caller.hang()
                await caller.find("a")  # what was sent before has begun by then
            with deadline(60):
                given_up = asyncio.create_task(caller.hang())
                await until(lambda: answer.log.count("began") == 2)
                given_up.cancel()
                await asyncio.wait([given_up])
            await until(lambda: answer.log.count("heard nothing") >= 2)
            assert (await caller.find("a")).title == "a"
            assert server.running == 2
            assert await server.stop(0.05) == 2
            answer.go.set()
            await until(lambda: not server.running)
    assert heard == []
