"""What nobody should do, done: it ends at once, it ends alike wherever the answer comes from, and nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app import (
    Contract,
    DeadlineExceeded,
    Internal,
    InvalidArgument,
    NotFound,
    ResourceExhausted,
    Unavailable,
    connect,
    deadline,
    query,
)
from app.calling.binding import bind
from app.calling.grpc.client import RemoteTarget
from app.calling.local import local_target
from app.calling.policy import Policy
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.steps import Teller

from .late import Late
from .placing import channels, placed, serving
from .shelf import SHELF, Book, NoSuchBook, ShelfAnswer, books

everywhere = pytest.mark.parametrize("where", ["local", "checked", "remote", "lean"])


class Odd(BaseException):
    """Descends from nothing that anybody catches."""


class Hostile(ShelfAnswer):
    async def find(self, title: str, *, pages: int = 1) -> Book:
        match title:
            case "odd":
                raise Odd("the inner secret")
            case "odd group":
                raise BaseExceptionGroup("the inner secret", [Odd()])
            case "half a pair":
                raise NoSuchBook("\ud800")
            case "too long":
                raise NoSuchBook("x" * 20_000)
            case _:
                return await super().find(title, pages=pages)

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        async for book in super().all(number):
            if book.pages == fail_at:
                raise Odd("the inner secret")
            await asyncio.sleep(0.02)
            yield book


@everywhere
@pytest.mark.parametrize("title", ["odd", "odd group"])
async def test_an_exception_that_descends_from_nothing_known_is_internal_and_nobody_hangs(
    where: str, title: str
) -> None:
    async with placed(where, by=Hostile) as shelf:
        with pytest.raises(Internal, match="something broke"):
            await shelf.caller.find(title)
        with pytest.raises(Internal, match="something broke"):
            async for _ in shelf.caller.all(3, 1):
                pass
        assert shelf.binding.running == 0


async def test_a_failures_text_that_cannot_be_sent_is_mended_and_its_kind_arrives() -> None:
    async with placed("remote", by=Hostile) as shelf:
        with pytest.raises(NotFound, match=r"no book \?"):
            await shelf.caller.find("half a pair")


async def test_a_failure_whose_fields_are_too_long_to_travel_is_refused_where_values_are_checked() -> None:
    async with placed("checked", by=Hostile) as shelf:
        with pytest.raises(Internal):
            await shelf.caller.find("too long")
        assert "at most 16384 travel" in str(shelf.steps)


class Speechless(NotFound, says="no {title.nope}"):
    title: str


class Mute(Contract):
    @query(raises=(Speechless,))
    async def find(self) -> Book: ...


class MuteAnswer(Mute):
    async def find(self) -> Book:
        raise Speechless("x")


@pytest.mark.parametrize("check", [False, True])
async def test_a_failure_whose_sentence_cannot_be_made_is_internal_and_told(check: bool) -> None:
    spec, schema, steps = spec_of(Mute), Schema(), list[Any]()
    schema.add(spec)
    binding = bind(spec, schema, tell=Teller(steps.append), check_values=check)
    binding.swap(local_target(spec, [MuteAnswer()], "library"))
    async with serving(binding) as address, connect(Mute, address) as far:
        near: Any = binding.caller
        for caller in (near, far):
            with pytest.raises(Internal, match="something broke"):
                await caller.find()
    assert len(steps) == 2


@everywhere
async def test_a_callers_stream_that_gives_itself_up_ends_the_call_at_once(where: str) -> None:
    async def given_up() -> AsyncIterator[Book]:
        yield Book(title="one")
        raise asyncio.CancelledError

    async with placed(where, policy=Policy(default_deadline=60)) as shelf, asyncio.timeout(10):
        with pytest.raises(Internal):
            await shelf.caller.fill(given_up())
        with pytest.raises(Internal):
            async for _ in shelf.caller.bind(given_up()):
                pass


@everywhere
async def test_a_callers_own_exception_of_any_descent_comes_back_to_it(where: str) -> None:
    async def odd() -> AsyncIterator[Book]:
        yield Book(title="one")
        raise Odd("mine")

    async with placed(where, policy=Policy(default_deadline=60)) as shelf, asyncio.timeout(10):
        with pytest.raises(Odd, match="mine"):
            await shelf.caller.fill(odd())


@everywhere
@pytest.mark.parametrize("seconds", [1e7, 1e300, 1.7e308, float("inf")])
async def test_a_deadline_beyond_every_clock_is_none(where: str, seconds: float) -> None:
    async with placed(where) as shelf:
        with deadline(seconds):
            assert (await shelf.caller.find("x")).title == "x"


def test_a_deadline_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="nan"), deadline(float("nan")):
        pass


@everywhere
async def test_a_task_group_that_fails_of_the_deadline_alone_is_deadline_exceeded(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(DeadlineExceeded), deadline(0.1):
            async with asyncio.TaskGroup() as group:
                for _ in range(3):
                    group.create_task(shelf.caller.hang())


async def test_a_task_group_that_fails_otherwise_keeps_its_failures() -> None:
    async def fails() -> None:
        raise NotFound("x")

    with pytest.raises(ExceptionGroup), deadline(0.005):
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())


@everywhere
async def test_a_call_that_its_callers_deadline_ends_is_counted_as_late_and_one_given_up_as_that(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(DeadlineExceeded), deadline(0.05):
            await shelf.caller.fill(_endless())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await shelf.caller.fill(_endless())
        counts = shelf.binding.counts["fill"]
        assert counts.failed_by_kind() == {"DEADLINE_EXCEEDED": 1, "GIVEN_UP": 1}
        assert counts.running == 0


@everywhere
async def test_a_stream_closed_while_somebody_reads_it_closes_its_producer(where: str) -> None:
    async with placed(where, by=Hostile) as shelf, asyncio.timeout(10):
        stream = shelf.caller.all(5)
        reading = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        while "made 0" not in shelf.answer.log:
            await asyncio.sleep(0.001)
        await stream.aclose()  # type: ignore[attr-defined]  # pyright: ignore
        with pytest.raises((StopAsyncIteration, Unavailable)):
            await reading
        while "closed" not in shelf.answer.log:
            await asyncio.sleep(0.001)
        assert not shelf.steps
        assert shelf.binding.running == 0


@pytest.mark.parametrize("where", ["checked", "remote", "lean"])
async def test_metadata_that_no_wire_would_carry_are_refused(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(InvalidArgument, match="half a surrogate pair"), SHELF.set("\ud800"):
            await shelf.caller.see()
        with pytest.raises(ResourceExhausted, match="32768 are allowed"), SHELF.set("x" * 40_000):
            await shelf.caller.see()
        with SHELF.set("line\nbreak \N{SNOWMAN}" + "x" * 30_000):
            assert (await shelf.caller.see()).shelf.startswith("line\nbreak \N{SNOWMAN}")


async def test_after_a_swap_calls_still_pay_for_further_tries() -> None:
    async with placed("local", policy=Policy(backoff=0.001)) as shelf:
        for _ in range(200):
            await shelf.caller.flaky(0)
        for _ in range(12):  # the budget is used up
            with pytest.raises(Unavailable):
                await shelf.caller.flaky(10**9)
        shelf.binding.swap(shelf.binding.target)
        for _ in range(20):
            await shelf.caller.flaky(0)
        shelf.answer.tries = 0
        assert (await shelf.caller.flaky(1)).title == "at last"


async def test_what_fails_on_a_retired_target_says_nothing_about_its_successor() -> None:
    policy = Policy(attempts=1, breaker_failures=1, breaker_pause=60)
    async with placed("remote", policy=policy) as shelf, channels() as lines:
        target = shelf.binding.target
        hanging = Late(shelf.caller.hang)
        while "began" not in shelf.answer.log:
            await asyncio.sleep(0.001)
        shelf.binding.swap(RemoteTarget(shelf.binding.spec, lines, target.addresses))
        with pytest.raises(DeadlineExceeded):
            await hanging.expire()
        assert (await shelf.caller.find("x")).title == "x"


async def _endless() -> AsyncIterator[Book]:
    async for book in books(1, 2):
        yield book
    await asyncio.Event().wait()
