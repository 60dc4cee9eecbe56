"""The caller gone, the callee is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from app import deadline

from .echo import Echo, echo
from .relay import Relay, relay
from .test_deadlines import logged, until

pytestmark = pytest.mark.topology("all", "loopback-grpc")


@pytest.mark.parametrize("contract", [Echo, Relay])
async def test_cancelling_a_call_cancels_its_callee(test_host, contract) -> None:
    async with test_host(echo, relay) as host:
        with deadline(30):
            call = asyncio.create_task(host.get(contract).hang("x"))
            await until(lambda: logged(host.get(Echo), "x began"))
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await until(lambda: logged(host.get(Echo), "x cancelled"))


async def test_one_cancelled_call_leaves_another_running(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)
        with deadline(30):
            calls = [asyncio.create_task(caller.hang(name)) for name in ("y", "z")]
            await until(lambda: logged(caller, "y began"))  # nobody promises that the first one arrives first
            await until(lambda: logged(caller, "z began"))
            calls[0].cancel()
            await until(lambda: logged(caller, "y cancelled"))
            assert not await logged(caller, "z cancelled")
            calls[1].cancel()
