"""The processes of `processes`: they start together, can be killed, hung and started again, and never stay behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import DeadlineExceeded, Module, Unavailable, deadline
from app.telling.refusals import Refused
from app.testing import PROCESSES, ChildFailed, TestHost

from .shop import Price, Prices, Tills, broken, jammed, mortal, prices, till

ROOT = Path(__file__).parents[3]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until(holds) -> None:
    while not holds():
        await asyncio.sleep(0.01)


async def test_each_module_is_a_process_that_leaves_with_0() -> None:
    async with TestHost(prices, till, topology=PROCESSES) as host:
        assert host.children.names == ("prices", "till")
        assert (await host.get(Prices).price("pid")).cents == host.children.pid("prices") != os.getpid()
        assert "prices" in host.children.said("prices")
        pids = [host.children.pid(name) for name in host.children.names]
    assert host.children.exit_codes == {"prices": 0, "till": 0}
    assert "stopped" in host.children.said("till")
    assert not any(alive(pid) for pid in pids)


async def test_a_killed_child_makes_calls_unavailable_until_it_is_started_again() -> None:
    async with TestHost(prices, topology=PROCESSES, settings={"calls.attempts": 1}) as host:
        assert await host.get(Prices).mark("a") == Price(cents=1)
        assert await host.children.kill("prices") == -signal.SIGKILL
        with pytest.raises(Unavailable):
            await host.get(Prices).mark("a")
        with pytest.raises(RuntimeError, match=r"does not run: start it with start_one\('prices'\)"):
            host.children.pid("prices")
        await host.children.start_one("prices")
        with deadline(30):
            while True:
                try:
                    assert await host.get(Prices).mark("a") == Price(cents=1)
                    break
                except Unavailable:
                    await asyncio.sleep(0.02)


async def test_a_stopped_child_hangs_and_goes_on() -> None:
    async with TestHost(prices, topology=PROCESSES) as host:
        host.children.signal("prices", signal.SIGSTOP)
        with pytest.raises(DeadlineExceeded), deadline(0.1):
            await host.get(Prices).price("a")
        host.children.signal("prices", signal.SIGCONT)
        assert (await host.get(Prices).price("a")).cents == 100


async def test_a_child_that_hangs_is_stopped_all_the_same() -> None:
    async with TestHost(prices, topology=PROCESSES) as host:
        host.children.signal("prices", signal.SIGSTOP)
    assert host.children.exit_codes == {"prices": 0}


async def test_a_child_that_does_not_start_is_told_in_its_own_words() -> None:
    with pytest.raises(ChildFailed, match=r"(?s)process of broken exited with code 1.*out of paper"):
        async with TestHost(prices, broken, topology=PROCESSES):
            pass


async def test_a_child_that_is_gone_before_it_is_ready_says_what_killed_it() -> None:
    with pytest.raises(ChildFailed, match="mortal was killed by SIGKILL before it was ready"):
        async with TestHost(mortal, topology=PROCESSES):
            pass


async def test_a_child_that_is_told_to_go_before_it_is_ready_fails_nobody() -> None:
    async with TestHost(prices, topology=PROCESSES) as host:
        first = host.children.pid("prices")
        host.children.crash("prices")

        def again() -> bool:
            with contextlib.suppress(RuntimeError):  # it is gone, and the next one is not there yet
                return host.children.pid("prices") != first
            return False

        await until(again)
        host.children.signal("prices", signal.SIGSTOP)  # it has hardly begun, and comes no further
    assert host.children.exit_codes == {"prices": -signal.SIGTERM}


async def test_a_child_that_does_not_stop_well_fails_the_test_as_a_monolith_would() -> None:
    with pytest.raises(ChildFailed, match=r"(?s)jammed exited with code 1.*drawer is jammed"):
        async with TestHost(jammed, topology=PROCESSES):
            pass
    with pytest.raises(Exception, match=r"drawer is jammed|stop failed"):
        async with TestHost(jammed):
            pass


async def test_a_child_that_dies_by_itself_fails_the_test() -> None:
    with pytest.raises(ChildFailed, match="prices exited with code 0 on its own"):
        async with TestHost(prices, topology=PROCESSES) as host:
            pid = host.children.pid("prices")
            os.kill(pid, signal.SIGTERM)
            # Its first thread is a zombie before the others have ended, so its state does not tell.
            with contextlib.suppress(ChildProcessError):  # the loop has waited for it already
                await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)


async def test_a_test_that_fails_keeps_its_own_error() -> None:
    with pytest.raises(ZeroDivisionError):
        async with TestHost(prices, jammed, topology=PROCESSES):
            raise ZeroDivisionError


async def test_replicas_take_turns_and_a_dead_one_is_skipped() -> None:
    async with TestHost(prices, topology=PROCESSES, replicas={"prices": 2}) as host:
        assert host.children.names == ("prices-0", "prices-1")
        pids = {host.children.pid(name) for name in host.children.names}
        seen: set[int] = set()
        with deadline(30):
            while seen != pids:
                seen.add((await host.get(Prices).price("pid")).cents)
        await host.children.kill("prices-0")
        for _ in range(20):
            assert (await host.get(Prices).price("pid")).cents == host.children.pid("prices-1")


def test_a_killed_test_leaves_no_child(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from app.testing import TestHost
from tests.host.testing.shop import prices, till

async def main():
    async with TestHost(prices, till, topology="processes") as host:
        print(*(host.children.pid(name) for name in host.children.names), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, env=environment) as test:
        assert test.stdout is not None
        pids = [int(pid) for pid in test.stdout.readline().split()]
        assert len(pids) == 2
        assert all(alive(pid) for pid in pids)
        test.kill()
    asyncio.run(asyncio.wait_for(until(lambda: not any(alive(pid) for pid in pids)), 30))


async def test_a_module_that_no_other_process_finds_is_refused() -> None:
    inner = Module(name="inner")
    with pytest.raises(Refused) as refused:
        async with TestHost(inner, topology=PROCESSES):
            pass
    (refusal,) = refused.value.refusals
    assert (refusal.kind, refusal.sites[0].file) == ("out-of-reach", __file__)
    assert "declared inside a function" in str(refused.value)


async def test_modules_are_found_by_their_file_where_their_name_leads_nowhere(tmp_path: Path) -> None:
    import importlib.util

    file = tmp_path / "somewhere.py"
    file.write_text("from tests.host.testing.shop import PriceList, Prices, Money, base\n"
                    "from app import Module, provide\n"
                    "far = Module(name='far', provide=[Money, provide(base, name='base')],"
                    " exports=[Prices.by(PriceList)])\n")  # fmt: skip
    spec = importlib.util.spec_from_file_location("somewhere", file)
    assert spec is not None
    assert spec.loader is not None
    sys.modules["somewhere"] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules["somewhere"])
        async with TestHost(sys.modules["somewhere"].far, topology=PROCESSES) as host:
            assert (await host.get(Prices).price("a")).cents == 100
    finally:
        del sys.modules["somewhere"]


async def test_calls_between_children_go_from_one_to_the_other() -> None:
    async with TestHost(till, prices, topology=PROCESSES) as host:
        assert (await host.get(Tills).total(("pid",))).cents == host.children.pid("prices")
