"""A neighbour that is killed, hangs or returns: calls are Unavailable or late, never lost in silence, never a hang."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable

import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.testing import PROCESSES, PROCESSES_GRPC, ChildFailed, TestHost

from .blocking import Ledger, ledger
from .echo import Echo, Seen, echo
from .relay import Relay, relay
from .test_deadlines import logged, until

pytestmark = pytest.mark.topology(PROCESSES, PROCESSES_GRPC)
ONCE = {"calls.attempts": 1, "calls.breaker_failures": 0}


async def answered(call: Callable[[], object]) -> tuple[Seen, float]:
    """The first answer, and the seconds that it took until then."""
    began = time.monotonic()
    while True:
        try:
            with deadline(2):
                return await call(), time.monotonic() - began  # type: ignore[misc]
        except Unavailable:
            await asyncio.sleep(0.01)


async def test_a_killed_neighbour_is_unavailable_and_back_within_a_second_of_its_return(test_host) -> None:
    async with test_host(echo, relay, settings=ONCE) as host:
        for contract in (Echo, Relay):
            assert (await host.get(contract).see()).made == 0
        await host.children.kill("echo")
        for contract in (Echo, Relay):
            with pytest.raises(Unavailable), deadline(10):
                await host.get(contract).see()
        await host.children.start_one("echo")
        for contract in (Echo, Relay):  # the second was reconnecting meanwhile, too
            _, seconds = await answered(host.get(contract).see)
            assert seconds < 3  # a second, on a machine that has other things to do


async def test_calls_in_flight_end_when_their_neighbour_is_killed(test_host) -> None:
    async with test_host(echo, settings=ONCE) as host:
        with deadline(30):
            call = asyncio.create_task(host.get(Echo).hang("x"))
            await until(lambda: logged(host.get(Echo), "x began"))
            await host.children.kill("echo")
            with pytest.raises(Unavailable):
                await call


async def test_a_stream_ends_when_its_neighbour_is_killed(test_host) -> None:
    async with test_host(echo, settings=ONCE) as host:
        with deadline(30):
            items = host.get(Echo).count(10_000_000)
            await anext(items)
            await host.children.kill("echo")
            with pytest.raises(Unavailable):
                async for _ in items:
                    pass


@pytest.mark.parametrize("contract", [Echo, Relay])
async def test_a_neighbour_that_hangs_exceeds_the_deadline_and_goes_on_afterwards(test_host, contract) -> None:
    async with test_host(echo, relay) as host:
        await host.get(contract).see()
        host.children.signal("echo", signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded), deadline(0.2):
            await host.get(contract).see()
        with pytest.raises(DeadlineExceeded), deadline(0.2):
            await anext(host.get(Echo).count(3))
        assert time.monotonic() - began < 20
        host.children.signal("echo", signal.SIGCONT)
        seen, _ = await answered(host.get(contract).see)
        while seen.made and not any(line.startswith("count closed") for line in seen.log):
            seen, _ = await answered(host.get(contract).see)  # what was given up may have arrived: it is closed again


async def both_connected(caller: Echo) -> None:
    """Whoever is connected first gets all calls, until the other one is, too."""
    word = "first"
    while True:
        await caller.note(word := word + "!")
        if {word in (await caller.see()).log for _ in range(2)} == {True, False}:  # one of each
            return


async def test_replicas_take_turns_and_a_dead_one_is_left_out(test_host) -> None:
    host: TestHost = test_host(echo, relay, replicas={"echo": 2}, settings=ONCE)
    async with host:
        caller = host.get(Echo)
        await both_connected(caller)
        for number in range(8):
            await caller.note(str(number))
        logs = [{word for word in (await caller.see()).log if word.isdecimal()} for _ in range(2)]  # one of each
        assert logs[0] | logs[1] == {str(number) for number in range(8)}
        assert min(map(len, logs)) >= 3
        await host.children.kill("echo-0")
        for contract in (Echo, Relay):
            for _ in range(4):  # whoever still takes it for alive finds out
                await answered(host.get(contract).see)
            await asyncio.gather(*(host.get(contract).see() for _ in range(20)))
        await host.children.start_one("echo-0")
        with deadline(20):
            while (await caller.see()).log:  # the one that was started again remembers nothing
                await asyncio.sleep(0.01)


async def test_blocking_code_that_nobody_waits_for_does_not_keep_its_process(test_host) -> None:
    host = test_host(ledger)
    with pytest.raises(ChildFailed, match=r"(?s)ledger exited with code 1.*holds the thread ledger-"):
        async with host:
            with deadline(300):
                call = asyncio.create_task(host.get(Ledger).wait("a"))
                while (await host.get(Ledger).waited()).text != "a":
                    await asyncio.sleep(0.005)
                call.cancel()
