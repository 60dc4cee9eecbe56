"""No child outlives its supervisor, however that one went; a signal to it stops all of them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .ended import gone

pytestmark = pytest.mark.timeout(60)
ROOT = Path(__file__).parents[3]


async def test_no_child_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.touch()
    script = tmp_path / "up.py"
    script.write_text(UP.format(serve=FOLLOWING, pids=str(pids), kernel=True))
    await survives_nothing(script, pids)


async def test_no_child_is_left_where_the_kernel_does_not_help(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.touch()
    script = tmp_path / "up.py"
    script.write_text(UP.format(serve=FOLLOWING, pids=str(pids), kernel=False))
    await survives_nothing(script, pids)


FOLLOWING = """
import os, signal, sys, time
from app.supervisor import followed
if os.environ["KERNEL"] != "True": followed._ask_kernel = lambda: False
followed.follow_parent()
def drained(*_):
    with open(os.environ["PIDS"], "a") as file: file.write("drained\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, drained)
with open(os.environ["PIDS"], "a") as file: file.write(f"{os.getpid()}\\n")
followed.notify_ready({})
while True: time.sleep(60)
"""
UP = """
import asyncio, sys, os
from app.observing.prefixed import Screen
from app.supervisor.child import Child
from app.supervisor.keeper import Supervisor
environ = {{"PIDS": {pids!r}, "KERNEL": "{kernel}"}}
async def main():
    children = [Child(name, (sys.executable, "-c", {serve!r}), environ) for name in "ab"]
    supervisor = Supervisor(children, Screen(sys.stderr.buffer, "ab", colours=False))
    running = asyncio.ensure_future(supervisor.run())
    await supervisor.all_ready.wait()
    print("ready", flush=True)
    sys.exit(await running)
asyncio.run(main())
"""


async def survives_nothing(script: Path, pids: Path) -> None:
    up = await asyncio.create_subprocess_exec(
        sys.executable, str(script), cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert up.stdout is not None
    try:
        assert await up.stdout.readline() == b"ready\n"
    finally:
        if not pids.stat().st_size:  # noqa: ASYNC240  # it never became ready: leave nothing behind
            up.kill()
    children = [int(line) for line in pids.read_text().split()]  # noqa: ASYNC240  # two lines
    assert len(children) == 2
    up.kill()
    await up.wait()
    for pid in children:
        await gone(pid)
    assert pids.read_text().split()[2:] == ["drained"] * 2  # noqa: ASYNC240  # two lines


async def test_a_signal_to_the_supervisor_stops_all(tmp_path: Path) -> None:
    script = tmp_path / "up.py"
    (tmp_path / "pids").touch()
    script.write_text(UP.format(serve=FOLLOWING, pids=str(tmp_path / "pids"), kernel=True))
    up = await asyncio.create_subprocess_exec(
        sys.executable, str(script), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert up.stdout is not None
    await up.stdout.readline()
    up.send_signal(signal.SIGINT)
    _, said = await up.communicate()
    assert up.returncode == 0
    assert b"SIGINT: stopping; again to force" in said
