"""What holds for a call wherever it is answered: in this process, with values checked, or over a socket."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable

import pytest

from app import (
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    PermissionDenied,
    Principal,
    Unauthenticated,
    Unavailable,
    deadline,
)
from app.ambient import Ambient, held, using
from app.calling.streams import Stream
from app.telling.steps import CallBroke

from .placing import placed
from .shelf import LOAD, SHELF, Book, NoSuchBook

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

everywhere = pytest.mark.parametrize("where", ["local", "checked", "remote", "lean"])


@everywhere
async def test_arguments_arrive_by_position_by_name_and_by_default(where: str) -> None:
    async with placed(where) as shelf:
        assert await shelf.caller.find("a") == Book(title="a", pages=1)
        assert await shelf.caller.find(title="b", pages=3) == Book(title="b", pages=3)
        assert await shelf.caller.put(Book(title="c")) is None
        assert shelf.answer.log == ["c"]


@everywhere
async def test_a_declared_failure_keeps_its_class_and_fields_and_nothing_else(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(NoSuchBook, match="no book missing") as failed:
            await shelf.caller.find("missing")
        assert type(failed.value) is NoSuchBook
        assert failed.value.title == "missing"
        assert (failed.value.__cause__, failed.value.__context__) == (None, None)


@everywhere
async def test_a_failure_below_a_declared_one_arrives_as_that(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(NoSuchBook) as failed:
            await shelf.caller.find("burnt")
        assert type(failed.value) is NoSuchBook


@everywhere
@pytest.mark.parametrize("title", ["broken", "undeclared", "wrong", "cancels itself"])
async def test_what_is_not_declared_is_internal_and_told_where_it_arose(where: str, title: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(Internal) as failed:
            await shelf.caller.find(title)
        assert "secret" not in str(failed.value)
        assert "Index" not in str(failed.value)
        assert failed.value.__context__ is None
        (step,) = shelf.steps
        assert isinstance(step, CallBroke)
        assert (step.module, step.contract, step.method) == ("library", "Shelf", "find")


@everywhere
async def test_unavailable_and_late_of_nested_calls_pass_without_their_text(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(Unavailable) as unreachable:
            await shelf.caller.find("unreachable")
        assert "secret" not in str(unreachable.value)
        with pytest.raises(DeadlineExceeded):
            await shelf.caller.find("late inside")
        assert not shelf.steps


@everywhere
async def test_a_call_inside_a_transaction_is_refused_and_says_why(where: str) -> None:
    async with placed(where) as shelf:
        with held("a transaction is open"):
            with pytest.raises(FailedPrecondition, match="transaction is open"):
                await shelf.caller.put(Book(title="x"))
            stream = shelf.caller.all(1)
        with pytest.raises(FailedPrecondition, match="transaction is open"):
            await anext(stream)
        assert shelf.answer.log == []


@everywhere
async def test_a_methods_deadline_holds_where_none_is_in_force(where: str) -> None:
    async with placed(where) as shelf:
        while "began" not in shelf.answer.log:  # on a machine that is very busy its time may be over before
            with pytest.raises(DeadlineExceeded):
                await shelf.caller.hang()
            await shelf.caller.see()
        await until(lambda: shelf.answer.log.count("began") == shelf.answer.log.count("ended"))


@everywhere
async def test_what_remains_of_the_callers_deadline_travels(where: str) -> None:
    async with placed(where) as shelf:
        with deadline(20):
            assert 10 < (await shelf.caller.see()).remaining <= 20
        assert 20 < (await shelf.caller.see()).remaining <= 30


@everywhere
async def test_a_deadline_already_past_never_leaves(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(DeadlineExceeded), deadline(0):
            await shelf.caller.put(Book(title="late"))
        with pytest.raises(DeadlineExceeded), deadline(0):
            await anext(shelf.caller.all(1))
        assert shelf.answer.log == []


@everywhere
async def test_cancelling_the_caller_cancels_the_callee(where: str) -> None:
    async with placed(where) as shelf:
        with deadline(30):
            call = asyncio.create_task(shelf.caller.hang())
            await until(lambda: "began" in shelf.answer.log)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await until(lambda: "ended" in shelf.answer.log)
        assert shelf.binding.counts["hang"].failed_by_kind() == {"GIVEN_UP": 1}


@everywhere
async def test_who_calls_is_checked_by_the_callee(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(Unauthenticated):
            await shelf.caller.guarded()
        with using(Ambient(principal=Principal("ann", frozenset({"reader"})))):
            with pytest.raises(PermissionDenied, match="keeper or owner"):
                await shelf.caller.guarded()
            assert (await shelf.caller.known()).subject == "ann"
        with using(Ambient(principal=Principal("bob", frozenset({"owner"})))):
            assert (await shelf.caller.guarded()).subject == "bob"


@everywhere
async def test_trace_and_declared_metadata_travel_and_nothing_else_does(where: str) -> None:
    async with placed(where) as shelf:
        with using(Ambient(trace=TRACE)), SHELF.set("übermäßig"), LOAD.set(7):
            seen = await shelf.caller.see()
        assert (seen.trace, seen.shelf, seen.load) == (TRACE, "übermäßig", 7)
        with SHELF.set("plain"):
            assert (await shelf.caller.see()).shelf == "plain"


@pytest.mark.parametrize("where", ["checked", "remote", "lean"])
async def test_a_value_of_the_wrong_type_is_refused_by_its_fields_name(where: str) -> None:
    async with placed(where) as shelf:
        with pytest.raises(InvalidArgument, match="pages"):
            await shelf.caller.find("a", pages="many")  # type: ignore[arg-type]  # pyright: ignore
        with pytest.raises(InvalidArgument, match="title"):
            await shelf.caller.put(Book(title=3))  # type: ignore[arg-type]  # pyright: ignore
        with pytest.raises(InvalidArgument, match="Book"):
            await shelf.caller.put("a book")  # type: ignore[arg-type]  # pyright: ignore
        with LOAD.set("heavy"), pytest.raises(InvalidArgument, match="shelf-load"):  # type: ignore[arg-type]  # pyright: ignore
            await shelf.caller.see()


@everywhere
async def test_neither_side_can_change_what_the_other_holds(where: str) -> None:
    mine = {"a": Book(title="a")}
    async with placed(where) as shelf:
        got = await shelf.caller.index(mine)
        assert isinstance(shelf.answer.kept.by_title, dict)
        shelf.answer.kept.by_title["b"] = Book(title="b")
        assert mine == {"a": Book(title="a")}
        assert got.by_title == {"a": Book(title="a")}


@everywhere
async def test_a_query_is_tried_again_and_a_command_is_not(where: str) -> None:
    async with placed(where) as shelf:
        assert (await shelf.caller.flaky(2)).pages == 3
        shelf.answer.tries = 0
        with pytest.raises(Unavailable):
            await shelf.caller.flaky_put(1)
        assert shelf.answer.tries == 1
        with pytest.raises(Unavailable):
            await shelf.caller.flaky(99)
        assert shelf.answer.tries == 4


@everywhere
async def test_calls_and_failures_are_counted_exactly(where: str) -> None:
    async with placed(where) as shelf:
        for _ in range(50):
            await shelf.caller.find("a")
        for _ in range(3):
            with pytest.raises(NoSuchBook):
                await shelf.caller.find("missing")
        counts = shelf.binding.counts["find"]
        assert (counts.calls, counts.running, sum(counts.buckets)) == (53, 0, 53)
        assert counts.failed_by_kind() == {"NOT_FOUND": 3}


@pytest.mark.parametrize("where", ["local", "checked", "lean"])  # gRPC's own code makes circles
async def test_failures_and_streams_leave_nothing_to_the_garbage_collector(where: str) -> None:
    async with placed(where) as shelf:
        collects = gc.isenabled()
        gc.disable()
        others = {id(one): one for one in remains()}  # of other tests, and kept, so that no number is used again
        try:
            for scope in (30, 60):
                try:
                    with deadline(scope):
                        async for _ in shelf.caller.all(3):
                            pass
                        await shelf.caller.flaky(1)
                        await shelf.caller.find("missing")
                except NoSuchBook:
                    pass
                with contextlib.suppress(Unavailable):
                    await shelf.caller.flaky(99)
                for fail_at in (0, 1):
                    with contextlib.suppress(NoSuchBook):
                        async for _ in shelf.caller.all(2, fail_at=fail_at):
                            pass
            async with asyncio.timeout(20):
                await until(lambda: all(id(one) in others for one in remains()))
        finally:
            if collects:
                gc.enable()


def remains() -> list[object]:
    """What failures and streams leave. `isinstance` would ask each object for its class, and some answer with a warning."""
    return [one for one in gc.get_objects() if issubclass(type(one), (NoSuchBook, Stream, Unavailable))]


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition; the test's own timeout is the limit."""
    while not holds():
        await asyncio.sleep(0.002)
