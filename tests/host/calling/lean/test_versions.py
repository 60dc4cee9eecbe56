"""Neighbours of another version of a contract are told of, once for each difference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app import Unavailable
from app.calling.binding import Binding, bind
from app.calling.lean.lines import Lines
from app.calling.lean.target import LeanTarget
from app.calling.local import local_target
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.steps import NeighbourDiffers, Step, Teller

from ....parity.versions import after, before
from ..placing import leanly_serving


def bound(contract: Any) -> Binding:
    """A binding without a target yet."""
    spec, schema = spec_of(contract), Schema()
    schema.add(spec)
    return bind(spec, schema, tell=Teller())


def answering(version: Any) -> Binding:
    """A stall of this version."""
    binding = bound(version.Stall)
    answer = version.StallAfter if version is after else version.StallBefore
    binding.swap(local_target(binding.spec, [answer()], "stall"))
    return binding


@asynccontextmanager
async def calling(version: Any, addresses: list[str], steps: list[Step]) -> AsyncIterator[Any]:
    """Who calls a stall of this version; what is said about its neighbours goes to `steps`."""
    lines = Lines(tell=Teller(steps.append))
    binding = bound(version.Stall)
    binding.swap(LeanTarget(binding.spec, lines, addresses))
    yield binding.caller
    await lines.close()


async def test_what_a_newer_neighbour_has_more_and_what_it_sees_differently_is_told() -> None:
    steps: list[Step] = []
    async with (
        leanly_serving(answering(after)) as server,
        calling(before, [server.address], steps) as stall,
    ):
        await stall.find("a")
        await stall.find("b")
        differ = ("Find", "Each", "Keep", "KeepAll")
        assert steps == [NeighbourDiffers(contract="Stall", address=server.address, differ=differ, more=("Cheapest",))]


async def test_what_an_older_neighbour_lacks_is_told() -> None:
    steps: list[Step] = []
    async with leanly_serving(answering(before)) as server, calling(after, [server.address], steps) as stall:
        await stall.find("a")
        (step,) = steps
        assert isinstance(step, NeighbourDiffers)
        assert step.missing == ("Cheapest",)


async def test_of_a_neighbour_of_the_same_version_nothing_is_told() -> None:
    steps: list[Step] = []
    async with leanly_serving(answering(after)) as server, calling(after, [server.address], steps) as stall:
        await stall.find("a")
        assert steps == []


async def test_a_neighbour_that_comes_back_as_it_was_is_not_told_of_again(tmp_path: Any) -> None:
    steps: list[Step] = []
    address = f"unix:{tmp_path}/stall"

    def told() -> list[Step]:
        return [step for step in steps if isinstance(step, NeighbourDiffers)]

    async with calling(before, [address], steps) as stall:
        for version, expected in ((after, 1), (after, 1), (before, 1), (after, 2)):
            async with leanly_serving(answering(version), address):
                while not await answers(stall):
                    await asyncio.sleep(0.002)
                assert len(told()) == expected


async def answers(stall: Any) -> bool:
    """Whether anybody is there."""
    try:
        await stall.find("a")
    except Unavailable:
        return False
    return True
