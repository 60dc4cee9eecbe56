"""What is left in a process: of connections, calls, tasks and memory; and what the loop complained of."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.calling.lean.lines import Lines
from app.calling.lean.server import LeanServer

FULL = int(os.environ.get("LEAN_HARD", "0"))
"""How many times as much as in the suite; 0 is the suite's measure."""


def times(number: int, most: int | None = None) -> int:
    """A number of the suite, or of the long run."""
    return number if not FULL else min(number * FULL, most or number * FULL)


_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's


def rss() -> int:
    """Resident memory of this process, in KiB, without what is garbage and what glibc keeps for later: how much that is
    depends on what was allocated before, and in which order."""
    gc.collect()
    if _trim is not None:
        _trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def left(server: LeanServer, lines: Lines | None = None) -> dict[str, int]:
    """What is held of calls and messages on both sides; empty where nothing is."""
    found: Counter[str] = Counter()
    found["running"] = server.running
    for session in server.sessions:
        found["sessions not open"] += not session.open
        found["tasks"] += len(session.tasks)
        _tables(found, session)
    for line in () if lines is None else lines._lines.values():
        if line.link is not None:
            found["calls"] += len(line.link.calls)
            found["late"] += len(line.link.sweep)
            _tables(found, line.link)
    return {name: number for name, number in found.items() if number}


def _tables(found: Counter[str], end: Any) -> None:
    found["inboxes"] += len(end.inboxes)
    found["outflows"] += len(end.outflows)
    found["parts"] += len(end.parts)
    found["bytes of parts"] += end.parts.size
    found["rooms"] += len(end._rooms)
    found["held"] += len(end._held)


async def emptied(server: LeanServer, lines: Lines | None = None, sessions: int = 1, within: float = 60.0) -> None:
    """Wait until nothing is held and no more connections than these are there."""
    try:
        async with asyncio.timeout(within):
            while left(server, lines) or len(server.sessions) > sessions:
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{left(server, lines)}, {len(server.sessions)} sessions are left") from None


def objects() -> Counter[str]:
    """How many objects there are of each class."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects())


@contextmanager
def complaints() -> Iterator[list[dict[str, Any]]]:
    """What the loop's exception handler is told; it should be nothing."""
    loop, heard = asyncio.get_running_loop(), list[dict[str, Any]]()
    loop.set_exception_handler(lambda _, context: heard.append(context))
    try:
        yield heard
    finally:
        loop.set_exception_handler(None)
