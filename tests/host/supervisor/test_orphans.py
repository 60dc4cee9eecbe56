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
    script.write_text(UP.format(serve=FOLLOWING, pids=str(pids)))
    await survives_nothing(script, pids, 2)


async def test_a_child_is_told_once_whatever_becomes_of_the_thread_that_started_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.touch()
    script = tmp_path / "up.py"
    script.write_text(OF_A_THREAD.format(serve=FOLLOWING, pids=str(pids)))
    await survives_nothing(script, pids, 1)


FOLLOWING = """
import os, signal, sys, time
from app.supervisor import followed
followed.follow_parent()
def drained(*_):
    with open(os.environ["PIDS"], "a") as file: file.write("drained\\n")
    time.sleep(0.2)  # to be asked once more would show
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
environ = {{"PIDS": {pids!r}}}
async def main():
    children = [Child(name, (sys.executable, "-c", {serve!r}), environ) for name in "ab"]
    supervisor = Supervisor(children, Screen(sys.stderr.buffer, "ab", colours=False))
    running = asyncio.ensure_future(supervisor.run())
    await supervisor.all_ready.wait()
    print("ready", flush=True)
    sys.exit(await running)
asyncio.run(main())
"""


OF_A_THREAD = """
import os, subprocess, sys, threading, time
parent_end, _ = os.pipe()
environ = {{**os.environ, "PIDS": {pids!r}, "PANGAEA_PARENT_FD": str(parent_end)}}
def begin():
    subprocess.Popen([sys.executable, "-c", {serve!r}], env=environ, pass_fds=[parent_end])
    while not os.stat({pids!r}).st_size: time.sleep(0.01)
start = threading.Thread(target=begin)
start.start()
start.join()
time.sleep(0.2)  # to have been asked by then would show
print("ready", flush=True)
time.sleep(60)
"""


async def survives_nothing(script: Path, pids: Path, count: int) -> None:
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
    assert len(children) == count
    up.kill()
    await up.wait()
    for pid in children:
        await gone(pid)
    assert pids.read_text().split()[count:] == ["drained"] * count  # noqa: ASYNC240  # two lines


async def test_a_signal_to_the_supervisor_stops_all(tmp_path: Path) -> None:
    script = tmp_path / "up.py"
    (tmp_path / "pids").touch()
    script.write_text(UP.format(serve=FOLLOWING, pids=str(tmp_path / "pids")))
    up = await asyncio.create_subprocess_exec(
        sys.executable, str(script), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert up.stdout is not None
    await up.stdout.readline()
    up.send_signal(signal.SIGINT)
    _, said = await up.communicate()
    assert up.returncode == 0
    assert b"SIGINT: stopping; again to force" in said
