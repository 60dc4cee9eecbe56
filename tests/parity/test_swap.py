"""A binding's target can be swapped while calls are in flight, and no call notices."""

from __future__ import annotations

import asyncio

import pytest

from app import deadline
from app.calling.grpc.client import RemoteTarget
from app.calling.lean.target import LeanTarget
from app.testing import LOOPBACK, TestHost

from .echo import Echo, Everything, echo
from .test_deadlines import logged, until

GRPC = {"calls.policies": {"Echo": {"transport": "grpc"}}}


async def test_local_to_the_lean_wire_to_grpc_and_back_under_load_loses_no_call() -> None:
    async with TestHost(echo, topology=LOOPBACK) as host, TestHost(echo, topology=LOOPBACK, settings=GRPC) as other:
        binding = host.host.bindings.binding(Echo)
        remote, local = binding.target, host.host.bindings.served(Echo).target
        foreign = other.host.bindings.binding(Echo).target
        assert (type(remote), type(foreign)) == (LeanTarget, RemoteTarget)
        targets = {"local": local, "lean": remote, "grpc": foreign}
        answered = dict.fromkeys(targets, 0)
        now, done = "lean", False

        async def call() -> None:
            number = 0
            while not done:
                number += 1
                assert (await host.get(Echo).everything(Everything(number=number))).number == number
                assert (await host.get(Echo).flaky(0)).x > 0
                assert len([item async for item in host.get(Echo).count(3)]) == 3
                answered[now] += 1
                await asyncio.sleep(0)  # a call that is answered here never waits by itself
                await asyncio.sleep(0)

        callers = [asyncio.create_task(call()) for _ in range(8)]
        for name in ["local", "lean", "grpc"] * 6 + ["local"]:
            before = answered[name]
            now = name
            retired = binding.swap(targets[name])
            await retired.idle()
            assert retired.running == 0
            await until(_more(answered, before, name))
        done = True
        await asyncio.gather(*callers)
        assert min(answered.values()) > 0


def _more(answered: dict[str, int], before: int, name: str):
    async def more() -> bool:
        return answered[name] > before + 8

    return more


@pytest.mark.parametrize("first", ["local", "remote"])
async def test_a_call_in_flight_finishes_where_it_began(first: str) -> None:
    async with TestHost(echo, topology=LOOPBACK) as host:
        binding = host.host.bindings.binding(Echo)
        targets = {"remote": binding.target, "local": host.host.bindings.served(Echo).target}
        binding.swap(targets[first])
        with deadline(30):
            call = asyncio.create_task(host.get(Echo).hang("x"))
            await until(lambda: logged(host.get(Echo), "x began"))
            retired = binding.swap(targets["remote" if first == "local" else "local"])
            idle = asyncio.create_task(retired.idle())
            await asyncio.sleep(0)
            assert not idle.done()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await idle
