"""A TestHost by itself: what it tells, and what it answers when it is held wrong."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from app import Unavailable, deadline
from app.telling.refusals import Refused
from app.telling.steps import Checked, Closed, Listening, Ready, Stopped
from app.testing import TestHost

from .shop import Prices, Tills, prices, till


async def test_steps_are_kept_in_order() -> None:
    async with TestHost(prices, edges=True) as host:
        assert [step.edge for step in host.said(Listening)] == ["grpc", "http"]
        assert host.said(Ready)[0].modules == ("prices",)
    host.assert_said(Checked, Listening, Ready, Stopped, Closed)
    with pytest.raises(AssertionError, match=r"after Ready no Checked was said; what was: .*Ready"):
        host.assert_said(Ready, Checked)


async def test_a_step_can_be_waited_for() -> None:
    async with TestHost(prices) as host:
        await host.host.stop()
        await host.host.start()
        with deadline(30):
            assert (await host.until_said(Ready, 2)).process


@pytest.mark.topology("all")
async def test_a_host_starts_again_after_it_has_stopped(test_host) -> None:
    async with test_host(prices, till) as host:
        for _ in range(2):
            await host.host.stop()
            await host.host.start()
            with deadline(30):  # a peer's return is noticed within a second
                while (total := await answered(host)) is None:
                    await asyncio.sleep(0.01)
            assert total == 100


async def answered(host: TestHost) -> int | None:
    try:
        return (await host.get(Tills).total(("a",))).cents
    except Unavailable:
        return None


@pytest.mark.topology("all")
async def test_edges_are_open_where_they_are_asked_for(test_host) -> None:
    async with test_host(prices, edges=True) as host, httpx.AsyncClient() as client:
        assert (await client.get(f"{host.http}/readyz")).status_code == 200
        assert host.grpc.startswith("127.0.0.1:")


async def test_what_is_asked_of_a_host_that_does_not_run_has_an_answer() -> None:
    host = TestHost(prices)
    for ask in (lambda: host.get(Prices), lambda: host.host, lambda: host.http):
        with pytest.raises(RuntimeError, match="use `async with`"):
            ask()
    with pytest.raises(RuntimeError, match="a monolith has no other processes"):
        _ = host.children
    async with host:
        with pytest.raises(RuntimeError, match=r"no http edge: TestHost\(…, edges=True\)"):
            _ = host.http
        with pytest.raises(RuntimeError, match="started already"):
            await host.__aenter__()


def test_an_unknown_topology_is_refused_with_a_near_miss() -> None:
    with pytest.raises(Refused, match="did you mean `loopback`") as refused:
        TestHost(prices, topology="loopbak")
    assert refused.value.refusals[0].kind == "unknown-topology"


def test_a_module_given_twice_is_refused() -> None:
    with pytest.raises(Refused, match="prices is given to the TestHost twice"):
        TestHost(prices, till, prices)


async def test_one_host_can_be_used_several_times() -> None:
    host = TestHost(prices)
    for _ in range(2):
        async with host:
            assert (await host.get(Prices).mark("a")).cents == 1
