"""A supervisor of forks, in a process of its own: `python forks.py NAME` runs the children of one test, and says as JSON
what each of them printed and how it ended."""

from __future__ import annotations

import asyncio
import contextvars
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.supervisor.child import Child
from app.supervisor.forking import can_fork, fork

VALUE = contextvars.ContextVar("value", default="as in a new interpreter")


async def family(*runs: Callable[[], int], during: Callable[[int], None] | None = None) -> list[Any]:
    """What each child printed, complained of, and its exit code, in order."""
    loop, read_end, write_end = asyncio.get_running_loop(), *os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, os._exit, 99)
    VALUE.set("the parent's")
    found: list[Any] = []
    children = [
        await fork(Child("a-child", ("pangaea", "run", "a b")), run, {"ONLY": "this"}, (write_end,)) for run in runs
    ]
    for child in children:
        if during is not None:
            await child.stdout.readline()
            during(child.pid)
        code = await child.wait()
        found.append(
            {"said": (await child.stdout.read()).decode(), "error": (await child.stderr.read()).decode(), "code": code}
        )
    os.close(read_end)
    return found


def about_itself() -> int:
    """What a child finds."""

    async def inside() -> str:
        return VALUE.get()

    here = asyncio.run(inside())
    print(
        json.dumps(
            {
                "environ": dict(os.environ),
                "session": os.getsid(0) == os.getpid(),
                "descriptors": len(os.listdir("/proc/self/fd")),
                "value": here,
                "signals": [signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
                            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)],
                "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
                "comm": Path("/proc/self/comm").read_text().strip(),
                "command": Path("/proc/self/cmdline").read_bytes().rstrip(b"\0").decode(),
            }
        )
    )  # fmt: skip
    return 7


def breaks() -> int:
    raise ValueError("this went wrong")


def leaves() -> int:
    sys.exit("that will not do")


def lasts() -> int:
    print("here", flush=True)
    threading.Event().wait(60)
    return 0


def ends_by_itself() -> int:
    print("said without a flush", end="")
    return 0


async def threads() -> list[Any]:
    alone = can_fork()
    done = threading.Event()
    threading.Thread(target=done.wait, daemon=True).start()
    among = can_fork()
    done.set()
    return [alone, among]


RUNS: dict[str, Callable[[], Any]] = {
    "itself": lambda: family(about_itself),
    "ways to end": lambda: family(ends_by_itself, breaks, leaves),
    "a signal": lambda: family(lasts, during=lambda pid: os.kill(pid, signal.SIGTERM)),
    "threads": threads,
}

if __name__ == "__main__":
    print(json.dumps(asyncio.run(RUNS[sys.argv[1]]())))
