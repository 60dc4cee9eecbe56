"""Blocking code answers like any other: its failures, its streams, its ambient, its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app import DeadlineExceeded, Internal, Unauthenticated, deadline
from app.ambient import Ambient, using
from app.testing import acting_as

from .blocking import TENANT, Entry, Ledger, NoEntry, ledger

pytestmark = pytest.mark.topology("all", "loopback-grpc")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_it_runs_in_a_thread_of_its_module_with_the_ambient_copied(test_host) -> None:
    async with test_host(ledger) as host:
        with using(Ambient(trace=TRACE)), TENANT.set("acme"), acting_as("ann"), deadline(20):
            seen = await host.get(Ledger).context()
        assert seen.thread.startswith("ledger-")
        assert (seen.subject, seen.tenant, seen.trace) == ("ann", "acme", TRACE)
        assert 10 < seen.remaining <= 20
        assert (await host.get(Ledger).context()).subject == ""


async def test_its_failures_cross_by_the_same_rules(test_host) -> None:
    async with test_host(ledger) as host:
        assert await host.get(Ledger).entry(3) == Entry(number=3)
        with pytest.raises(NoEntry, match="no entry -1"):
            await host.get(Ledger).entry(-1)
        with pytest.raises(Internal) as failed:
            await host.get(Ledger).entry(10)
        assert "secret" not in str(failed.value)
        with pytest.raises(Unauthenticated):
            await host.get(Ledger).secret()


async def test_its_caller_waits_no_longer_than_the_deadline(test_host) -> None:
    async with test_host(ledger) as host:
        call = asyncio.create_task(_wait_at_most(host.get(Ledger), 1.0))
        while (await host.get(Ledger).waited()).text != "a" and not call.done():
            await asyncio.sleep(0.005)
        with pytest.raises(DeadlineExceeded):
            await call


async def _wait_at_most(ledger: Ledger, seconds: float) -> None:
    with deadline(seconds):
        await ledger.wait("a")


async def test_one_that_blocks_holds_up_no_other(test_host) -> None:
    async with test_host(ledger) as host:
        with deadline(30):
            call = asyncio.create_task(host.get(Ledger).wait("b"))
            while (await host.get(Ledger).waited()).text != "b":
                await asyncio.sleep(0.005)
            assert await host.get(Ledger).entry(1) == Entry(number=1)
            assert not call.done()
            await host.get(Ledger).release()
            assert await call == Entry(number=1)


async def test_its_streams_keep_their_order_and_their_failures(test_host) -> None:
    async with test_host(ledger) as host:
        got = [entry async for entry in host.get(Ledger).entries(20)]
        assert [entry.number for entry in got] == list(range(20))
        assert all(entry.text.startswith("ledger-") for entry in got)
        with pytest.raises(NoEntry, match="no entry 2"):
            async for _ in host.get(Ledger).entries(5, fail_at=2):
                pass


async def test_it_reads_a_caller_s_stream(test_host) -> None:
    async def entries() -> AsyncIterator[Entry]:
        for number in range(10):
            yield Entry(number=number)

    async with test_host(ledger) as host:
        assert (await host.get(Ledger).add(entries())).number == 45
