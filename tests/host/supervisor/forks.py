"""A supervisor of forks, in a process of its own: `python forks.py NAME` runs the children of one test, and says as JSON
what each of them printed and how it ended."""

from __future__ import annotations

import _thread
import asyncio
import atexit
import contextvars
import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app import DeadlineExceeded, deadline
from app.observing.prefixed import Screen
from app.supervisor.child import Child
from app.supervisor.forking import can_fork, fork
from app.supervisor.life import Kept

VALUE = contextvars.ContextVar("value", default="as in a new interpreter")


COMMAND = ("pangaea", "run", "a b")


async def family(
    *runs: Callable[[], int],
    during: Callable[[int], None] | None = None,
    command: tuple[str, ...] = COMMAND,
    environ: dict[str, str] | None = None,
) -> list[Any]:
    """What each child printed, complained of, and its exit code, in order."""
    loop, read_end, write_end = asyncio.get_running_loop(), *os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, os._exit, 99)
    VALUE.set("the parent's")
    found: list[Any] = []
    given = {"ONLY": "this"} if environ is None else environ
    children = [await fork(Child("a-child", command), run, given, (write_end,)) for run in runs]
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


def leaves_word() -> int:
    atexit.register(print, "at its exit")
    return 0


def is_killed() -> int:
    print("said at once", end="")
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


class Interrupted(io.StringIO):
    def flush(self) -> None:
        raise KeyboardInterrupt


def is_interrupted_at_its_end() -> int:
    print("done", flush=True)
    sys.stdout = Interrupted()
    return 3


async def interrupted() -> Any:
    """Ctrl-C while a child is still in its parent's session."""
    setsid = os.setsid

    def late() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGHUP)
        setsid()

    os.setsid = late
    return await family(ends_by_itself)


async def killed() -> Any:
    """A child that is killed before it has a session of its own."""
    os.setsid = lambda: threading.Event().wait(20)  # type: ignore[assignment]
    kept = Kept(Child("a", COMMAND, run=lasts), Screen(io.BytesIO(), "a", colours=False), lambda _: None)
    read_end, write_end = os.pipe()
    code = await kept.live(write_end, Kept.kill)
    os.close(read_end)
    return [code, kept.killed]


def has_deadlines() -> int:
    """A scope in the child's own loop."""

    async def inside() -> str:
        try:
            async with asyncio.timeout(20):
                with deadline(0.01):
                    await asyncio.Event().wait()
        except DeadlineExceeded:
            return "in time"
        except TimeoutError:
            return "never"
        return "not at all"

    print(asyncio.run(inside()))
    return 0


async def hurried() -> Any:
    """Forked where a scope has an end, too."""
    with deadline(60):
        return await family(has_deadlines)


async def unwatched() -> Any:
    """Started by somebody who wants to know nothing of children."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return await family(breaks)


async def crowded() -> Any:
    """The parent has no descriptor to spare beyond what a child's pipes take."""
    free = [*os.pipe(), *os.pipe(), *os.pipe()]  # with the one that `family` makes
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(free) + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for end in free:
        os.close(end)
    return await family(reads_nothing)


def reads_nothing() -> int:
    print([sys.stdin.read(), subprocess.run(["cat"], timeout=20, check=True).returncode])
    return 0


async def silenced() -> Any:
    """`pangaea up 2>&-`."""
    sys.stderr = None  # type: ignore[assignment]
    return await family(breaks)


async def threads(start: Callable[[Callable[[], Any]], Any]) -> list[Any]:
    alone = can_fork()
    done = threading.Event()
    start(done.wait)
    among = can_fork()
    done.set()
    return [alone, among]


def of_pythons(run: Callable[[], Any]) -> None:
    threading.Thread(target=run, daemon=True).start()


def of_a_librarys(run: Callable[[], Any]) -> None:
    """As C starts threads: `threading` knows nothing of it."""
    _thread.start_new_thread(run, ())


RUNS: dict[str, Callable[[], Any]] = {
    "itself": lambda: family(about_itself),
    "ways to end": lambda: family(ends_by_itself, breaks, leaves),
    "a signal": lambda: family(lasts, during=lambda pid: os.kill(pid, signal.SIGTERM)),
    "threads": lambda: threads(of_pythons),
    "threads of a library": lambda: threads(of_a_librarys),
    "an interrupt at once": interrupted,
    "a kill at once": killed,
    "deadlines": hurried,
    "ignored children": unwatched,
    "no descriptors": crowded,
    "no stderr": silenced,
    "no text": lambda: family(about_itself, command=("pangaea", "--root", "/r\udcff")),
    "an interrupt at the end": lambda: family(is_interrupted_at_its_end),
    "at its exit": lambda: family(leaves_word),
    "unbuffered": lambda: family(is_killed, environ={"PYTHONUNBUFFERED": "1"}),
}

if __name__ == "__main__":
    print(json.dumps(asyncio.run(RUNS[sys.argv[1]]())))
