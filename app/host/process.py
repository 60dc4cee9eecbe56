"""The life of one operating-system process: signals, readiness, exit codes.

Exit codes: 0 stopped as asked; 1 failed; 2 refused to start; 128 + n forced by a second signal n.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ..supervisor.followed import follow_parent, notify_ready
from ..telling.refusals import Refused
from ..telling.steps import SignalReceived, StopFailed, Teller
from .composition import Host
from .heap import settled
from .project import Project

FAILED, REFUSED = 1, 2
THREADS_MAY_TAKE = 1.0
"""Seconds for threads to end by themselves once everything has stopped."""
_LOOKS = 20
TASKS_MAY_TAKE = 1.0
"""Seconds for tasks to end once they are cancelled, when everything has stopped."""
TURN = 0.0005
"""Seconds that a thread keeps the interpreter while another one wants it. A commit asks for it some five times, and so
does whatever blocking code sends back: with Python's own 5 ms, a busy loop and its threads wait that long each time."""


def run(
    root: Path,
    *,
    topology: str = "",
    process: str | None = None,
    overrides: Sequence[str] = (),
    environment: str | None = None,
) -> int:
    """Run one process of a topology until it is told to stop; returns the exit code. Refusals go to stderr."""
    follow_parent()
    try:
        project = Project(root, environment, tuple(overrides))
        plan, config = project.plan(topology, process)
        from ..observing.logs import set_up  # a refusal needs no logs

        return run_host(Host(plan, project.found, config, tell=Teller(set_up(config, plan))))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:  # before there was a loop to take the signal
        return 128 + signal.SIGINT


def run_host(host: Host) -> int:
    """Run a composed host on a loop of its own until it stops. Raises Refused."""
    sys.setswitchinterval(TURN)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        code = runner.run(_live(host))
        if stubborn := runner.run(_end_tasks()):
            _leave(host, code, f"{stubborn} goes on though it was cancelled; the process leaves without it")
    _leave_behind(host, code)
    return code


async def _end_tasks() -> str:
    """Cancel what still runs. The names of what does not end then: the loop would wait for it for ever."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=TASKS_MAY_TAKE)
    return ", ".join(sorted(task.get_name() for task in rest if not task.done()))


def _leave_behind(host: Host, code: int) -> None:
    """Leave at once where blocking code still holds a thread: its drain is over, and Python would wait for it."""
    mine, looks = threading.current_thread(), _LOOKS
    for thread in [thread for thread in threading.enumerate() if thread is not mine and not thread.daemon]:
        while looks and thread.is_alive():  # no long wait: a second in which nothing of us ran was none for ending
            thread.join(THREADS_MAY_TAKE / _LOOKS)
            looks -= thread.is_alive()
        if thread.is_alive():
            _leave(host, code, f"blocking code holds the thread {thread.name}; the process leaves without it")


def _leave(host: Host, code: int, why: str) -> None:
    host.tell(StopFailed(error=TimeoutError(why)))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or FAILED)


async def _live(host: Host) -> int:
    loop = asyncio.get_running_loop()
    living = asyncio.current_task()
    received = 0

    def leave(number: signal.Signals) -> None:
        nonlocal received
        received += 1
        host.tell(SignalReceived(signal=number.name))
        if received > 1:
            os._exit(128 + number)
        host.shutdown(0)
        if not host.started and living is not None:
            living.cancel()  # a start is not waited for

    def ready() -> None:
        settled()
        notify_ready(_facts(host))

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave, number)
    try:
        return await host.run(ready=ready)
    except asyncio.CancelledError:
        if received:
            return 0
        raise
    except Refused:
        raise
    except Exception:  # told as steps where it arose
        return host.exit_code or FAILED


def _facts(host: Host) -> dict[str, object]:
    return {"process": host.plan.process, "edges": host.addresses, "modules": host.plan.modules}


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # where it cannot be installed
        return None
    return uvloop.new_event_loop
