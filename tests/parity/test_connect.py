"""`connect(Echo, address)`: a program without a host is a caller like any other, whatever answers there."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from app import DeadlineExceeded, Unauthenticated, Unavailable, deadline
from app.calling.connect import connect
from app.testing import acting_as

from .echo import Echo, Item, NoSuchThing, echo
from .relay import Relay, relay
from .test_values import FULL

pytestmark = [pytest.mark.topology("monolith", "processes", "processes-grpc")]


async def test_values_failures_and_streams_arrive_through_the_edge(test_host) -> None:
    async def numbers() -> AsyncIterator[Item]:
        for number in range(10):
            yield Item(number=number)

    async with test_host(echo, relay, edges=True) as host, connect(Echo, host.grpc) as caller:
        assert await caller.everything(FULL) == FULL
        with pytest.raises(NoSuchThing, match="no thing with ID x"):
            await caller.fail("declared")
        assert [item.number async for item in caller.count(50)] == list(range(50))
        assert (await caller.total(numbers())).x == 45
        assert [item.number async for item in caller.double(numbers())] == [2 * n for n in range(10)]
        async with connect(Relay, host.grpc) as nested:
            with pytest.raises(NoSuchThing):
                await nested.fail("declared")


async def test_its_deadline_travels(test_host) -> None:
    async with test_host(echo, edges=True) as host, connect(Echo, host.grpc, deadline=20) as caller:
        assert 10 < (await caller.see()).remaining < 21
        with pytest.raises(DeadlineExceeded), deadline(0.05):
            await caller.hang("a")


async def test_who_has_the_key_is_believed_and_nobody_else_is(test_host) -> None:
    settings = {"deployment.key": "a key for this test"}
    async with test_host(echo, edges=True, settings=settings) as host:
        for key in (None, b"another key"):
            async with connect(Echo, host.grpc, key=key) as caller:
                with acting_as("ann", "admin"), pytest.raises(Unauthenticated):
                    await caller.for_admins()


@pytest.mark.topology("processes", "processes-grpc")
async def test_among_peers_the_key_vouches_for_a_principal(test_host) -> None:
    async with test_host(echo, settings={"deployment.key": "a key for this test"}) as host:
        answer = host.host.plan.answers[Echo]
        (address,), way = answer.addresses, answer.transport
        with acting_as("ann", "admin"):
            async with connect(Echo, address, key=b"a key for this test", transport=way) as caller:
                assert (await caller.for_admins()).subject == "ann"
            async with connect(Echo, address, key=b"another key", transport=way) as caller:
                with pytest.raises(Unauthenticated):
                    await caller.for_admins()


async def test_where_nobody_listens_calls_are_unavailable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with connect(Echo, f"127.0.0.1:{nobody.getsockname()[1]}") as caller:
            with pytest.raises(Unavailable), deadline(60):
                await caller.note("a")
