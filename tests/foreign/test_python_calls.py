"""Callers in Python, and a server in JavaScript, written from docs/wire.md: greeting, values, failures, streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app import Cancelled, DeadlineExceeded, Internal, ResourceExhausted, Unauthenticated, Unavailable, deadline
from app.ambient import Ambient, using
from app.calling.lean.target import LeanTarget
from app.telling.steps import NeighbourDiffers, Step, Teller
from app.testing import acting_as

from ..host.calling.late import Late
from ..host.calling.placing import lean_lines
from ..parity.echo import (
    TENANT,
    WEIGHT,
    Circle,
    Colour,
    Echo,
    Everything,
    Item,
    Limited,
    NoSuchThing,
    Point,
)
from .node import Node, bound, javascript_answers, python_calls

EVERYTHING = Everything(
    flag=True, number=-(2**63), small=-70_000, big=2**64 - 1, ratio=0.1, text="naïve 𝄞\0", raw=b"\0\xff\x7f",
    colour=Colour.GREEN, at=datetime(1, 1, 1, 0, 0, 0, 999_999, UTC), day=date(2024, 2, 29),
    wait=timedelta(days=-1, seconds=2.5), ident=UUID(int=7), price=Decimal("12.340"), point=Point(x=1),
    points=(Point(x=1), Point(x=2, y=0)), names=("a", ""), by_name={"ü": Point(x=3)}, maybe=0,
    shape=Circle(radius=2.0), bounded=10,
)  # fmt: skip
TURNS = 10


@pytest_asyncio.fixture
async def echo(node: Node) -> AsyncIterator[Echo]:
    """Echo, answered in JavaScript."""
    async with python_calls(await javascript_answers(node)) as caller:
        yield caller


async def logged(node: Node, text: str) -> list[str]:
    return await node.ask("logged", **{"as": "js"}, text=text)


@pytest.mark.parametrize(
    ("ours", "theirs"), [(b"one", "another"), (None, "another"), (b"one", None)], ids=["another", "none", "unproven"]
)
async def test_who_has_another_key_is_not_called(node: Node, ours: bytes | None, theirs: str | None) -> None:
    address = await javascript_answers(node, key=theirs)
    async with lean_lines(key=ours) as lines:
        binding = bound()
        binding.swap(LeanTarget(binding.spec, lines, [address]))
        caller: Any = binding.caller
        with pytest.raises((Unauthenticated, Unavailable)):
            await caller.note("a secret")
    async with python_calls(address, key=theirs and theirs.encode()) as echo:
        assert (await echo.see()).log == ()


async def test_a_server_that_makes_no_fingerprints_differs_in_what_it_lacks_only(node: Node) -> None:
    steps: list[Step] = []
    address = await javascript_answers(node)
    async with python_calls(address, tell=Teller(steps.append)):
        [differs] = [step for step in steps if isinstance(step, NeighbourDiffers)]
    missing = ("ForAdmins", "ForAnyoneKnown", "FlakyCommand", "Flaky", "WrongResult", "Tamper")
    assert differs == NeighbourDiffers(contract="Echo", address=address, missing=missing)


async def test_without_a_key_everybody_is_heard(node: Node) -> None:
    async with python_calls(await javascript_answers(node, key=None), key=None) as echo:
        assert (await echo.see()).subject == ""


async def test_every_type_arrives_as_it_was_sent(echo: Echo) -> None:
    assert await echo.everything(EVERYTHING) == EVERYTHING
    assert await echo.everything(Everything()) == Everything()


async def test_defaults_are_sent_as_well(echo: Echo) -> None:
    got = await echo.parameters("a")
    assert (got.text, got.number) == ("a/null", 3)
    await echo.note("a")


async def test_declared_failures_have_their_class_and_fields(echo: Echo) -> None:
    with pytest.raises(NoSuchThing, match="no thing with ID x"):
        await echo.fail("declared")
    with pytest.raises(Limited) as limited:
        await echo.fail("with rich fields")
    assert limited.value.points == (Point(x=1), Point(x=2, y=3))
    with pytest.raises(Internal):
        await echo.fail("undeclared")


async def test_a_method_that_javascript_has_not_is_unimplemented(echo: Echo) -> None:
    with pytest.raises(Exception, match="flaky") as failed:
        await echo.flaky(1)
    assert getattr(failed.value, "code", None) == 12


async def test_what_remains_of_a_deadline_travels_and_ends_the_call(node: Node, echo: Echo) -> None:
    with deadline(600):
        assert 0 < (await echo.see()).remaining <= 600
    late = Late(lambda: echo.hang("a"))
    await logged(node, "a began")
    with pytest.raises(DeadlineExceeded):
        await late.expire()
    await logged(node, "a cancelled")


async def test_cancelling_the_caller_cancels_javascript(node: Node, echo: Echo) -> None:
    with deadline(600):
        task = asyncio.create_task(echo.hang("a"))
        await logged(node, "a began")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await logged(node, "a cancelled")


async def test_principal_and_metadata_and_trace_travel(echo: Echo) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with using(Ambient(trace=trace)), acting_as("änn", "clerk", "admin"), TENANT.set("acme"), WEIGHT.set(5):
        seen = await echo.see()
    assert (seen.subject, seen.roles, seen.tenant, seen.weight) == ("änn", ("admin", "clerk"), "acme", 5)
    assert seen.trace == trace
    with TENANT.set(" über"):
        assert (await echo.see()).tenant == " über"


async def test_streams_arrive_in_order_and_fail_after_their_items(echo: Echo) -> None:
    assert [item.number async for item in echo.count(3000, size=100)] == list(range(3000))
    got: list[int] = []
    with pytest.raises(NoSuchThing):
        async for item in echo.count(9, fail_at=2):
            got += [item.number]
    assert got == [0, 1]


async def test_a_slow_reader_in_python_holds_javascript_back(node: Node, echo: Echo) -> None:
    stream = echo.count(500, size=10_000)
    assert (await anext(stream)).number == 0
    while (await echo.see()).made < 7:
        pass
    assert [(await echo.see()).made for _ in range(TURNS)][-1] < 10
    assert [item.number async for item in stream] == list(range(1, 500))


async def test_leaving_a_stream_ends_its_producer(node: Node, echo: Echo) -> None:
    stream: Any = echo.count(500, size=10_000)
    assert (await anext(stream)).number == 0
    await stream.aclose()
    await logged(node, "count closed")


async def test_a_slow_reader_in_javascript_holds_python_back(echo: Echo) -> None:
    made = 0

    async def items() -> AsyncIterator[Item]:
        nonlocal made
        for number in range(500):
            made += 1
            yield Item(number=number, blob=b"x" * 10_000)

    stream = echo.double(items())
    assert (await anext(stream)).number == 0
    while made < 14:  # two windows: those of both directions
        await echo.see()
    for _ in range(TURNS):
        await echo.see()
    assert made < 20
    assert [item.number async for item in stream] == [2 * number for number in range(1, 500)]


async def test_a_stream_of_requests_is_read_to_its_end(echo: Echo) -> None:
    async def items() -> AsyncIterator[Item]:
        for number in range(2000):
            yield Item(number=number, blob=b"x" * 100)

    assert (await echo.total(items())).x == 2000 * 1999 // 2


@pytest.mark.parametrize("size", [65_000, 131_072, 3_000_000])
async def test_long_messages_and_items_pass_both_ways(echo: Echo, size: int) -> None:
    with TENANT.set("acme"):
        assert len((await echo.everything(Everything(raw=b"x" * size))).raw) == size

    async def items() -> AsyncIterator[Item]:
        yield Item(number=1, blob=b"x" * size)

    assert [len(item.blob) async for item in echo.double(items())] == [size]


async def test_neither_side_sends_what_is_longer_than_the_other_takes(node: Node) -> None:
    address = await javascript_answers(node, most=1000)
    async with python_calls(address) as echo:
        with pytest.raises(ResourceExhausted):
            await echo.everything(Everything(raw=b"x" * 2000))
        with pytest.raises(ResourceExhausted):
            [_ async for _ in echo.count(1, size=5_000_000)]
        assert (await echo.see()).log == ()


async def test_more_than_javascript_takes_at_once_is_refused(node: Node) -> None:
    async with python_calls(await javascript_answers(node, atOnce=1)) as echo:
        with deadline(600):
            task = asyncio.create_task(echo.hang("a"))
            await logged(node, "a began")
            with pytest.raises(ResourceExhausted):
                await echo.see()
            task.cancel()
            with pytest.raises((asyncio.CancelledError, Cancelled)):
                await task
