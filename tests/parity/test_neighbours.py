"""A neighbour that is killed, hangs or returns: calls are Unavailable or late, never lost in silence, never a hang."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable

import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.calling.connect import connect
from app.calling.grpc import channels
from app.calling.lean import lines
from app.testing import PROCESSES, PROCESSES_GRPC, ChildFailed, TestHost

from .blocking import Ledger, ledger
from .echo import Echo, Seen, echo
from .relay import Relay, relay
from .test_deadlines import logged, until

pytestmark = pytest.mark.topology(PROCESSES, PROCESSES_GRPC)
ONCE = {"calls.attempts": 1, "calls.breaker_failures": 0}


async def answered(call: Callable[[], object], times: int = 1) -> Seen:
    """So many answers with no failure between them; the last one."""
    well = 0
    while True:
        try:
            with deadline(30):
                seen: Seen = await call()  # type: ignore[misc]
        except Unavailable:
            well = 0
            await asyncio.sleep(0.01)
        else:
            well += 1
            if well == times:
                return seen


async def test_a_killed_neighbour_is_unavailable_and_back_when_it_returns(test_host) -> None:
    async with test_host(echo, relay, settings=ONCE) as host:
        for contract in (Echo, Relay):
            assert (await host.get(contract).see()).made == 0
        await host.children.kill("echo")
        for contract in (Echo, Relay):
            with pytest.raises(Unavailable), deadline(10):
                await host.get(contract).see()
        await host.children.start_one("echo")
        for contract in (Echo, Relay):
            await answered(host.get(contract).see)


def test_nobody_waits_longer_than_a_second_between_two_looks_for_a_lost_neighbour() -> None:
    assert lines.LONGEST * 1.2 < 1.0  # seconds; each adds up to a fifth
    assert dict(channels._OPTIONS)["grpc.max_reconnect_backoff_ms"] * 1.2 < 1000


async def test_whoever_lost_a_neighbour_pauses_no_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def quickly(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with connect(Echo, f"127.0.0.1:{nobody.getsockname()[1]}", transport="lean") as caller:
            monkeypatch.setattr(lines.asyncio, "sleep", quickly)
            with pytest.raises(Unavailable), deadline(60):
                await caller.note("a")
            while len(pauses) < 20:
                await sleep(0.001)
            monkeypatch.undo()
    assert max(pauses) <= lines.LONGEST * 1.2


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
        seen = await answered(host.get(contract).see)
        while seen.made and not any(line.startswith("count closed") for line in seen.log):
            seen = await answered(host.get(contract).see)  # what was given up may have arrived: it is closed again


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
            await answered(host.get(contract).see, times=4)  # whoever still takes it for alive finds out
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
