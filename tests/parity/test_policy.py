"""Only what is declared safe is tried again; what is too much or in vain is refused early."""

from __future__ import annotations

import asyncio

import pytest

from app import ResourceExhausted, Unavailable, deadline

from .echo import Echo, echo
from .test_deadlines import logged, until

pytestmark = pytest.mark.topology("all", "loopback-grpc")

QUICK = {"calls.backoff": 0.001, "calls.retry_budget": 1.0}


async def test_what_may_be_retried_is_until_it_succeeds(test_host) -> None:
    async with test_host(echo, settings={**QUICK, "calls.attempts": 3}) as host:
        assert (await host.get(Echo).flaky(times=2)).x == 3


async def test_tries_end_with_the_configured_number(test_host) -> None:
    async with test_host(echo, settings={**QUICK, "calls.attempts": 2}) as host:
        with pytest.raises(Unavailable):
            await host.get(Echo).flaky(times=2)
        assert (await host.get(Echo).see()).log == ("try 1", "try 2")


async def test_a_command_is_tried_once(test_host) -> None:
    async with test_host(echo, settings={**QUICK, "calls.attempts": 3}) as host:
        with pytest.raises(Unavailable):
            await host.get(Echo).flaky_command(times=1)
        assert (await host.get(Echo).see()).log == ("try 1",)


@pytest.mark.topology(
    "loopback", "loopback-grpc", "processes"
)  # a breaker watches over a link; what is answered here has none
async def test_an_open_breaker_lets_nothing_through(test_host) -> None:
    settings = {**QUICK, "calls.attempts": 1, "calls.breaker_failures": 2, "calls.breaker_seconds": 60}
    async with test_host(echo, settings=settings) as host:
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"^(?!.*too often)"):
                await host.get(Echo).flaky_command(times=100)
        with pytest.raises(Unavailable, match="too often"):
            await host.get(Echo).see()


async def test_a_bulkhead_refuses_what_is_too_much(test_host) -> None:
    async with test_host(echo, settings={"calls.max_concurrency": 3}) as host:
        caller = host.get(Echo)
        with deadline(30):
            calls = [asyncio.create_task(caller.hang(name)) for name in ("a", "b")]
            await until(lambda: logged(caller, "b began"))
            calls.append(asyncio.create_task(caller.hang("c")))
            await asyncio.sleep(0)  # its first step takes the last place
            with pytest.raises(ResourceExhausted):
                await caller.hang("d")
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

            async def over() -> bool:
                try:
                    return await logged(caller, "b cancelled")
                except ResourceExhausted:  # whoever answers elsewhere has its places back when it has heard
                    return False

            await until(over)
            assert not await logged(caller, "d began")
