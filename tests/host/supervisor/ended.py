"""Waits for the end of processes that are nobody's children here."""

from __future__ import annotations

import asyncio
from pathlib import Path


def is_gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # the latter where it goes while it is looked at
        return True
    return stat.rpartition(")")[2].startswith(" Z")


async def gone(pid: int) -> None:
    """Returns when a process has ended, which the test's time limit bounds."""
    while not is_gone(pid):
        await asyncio.sleep(0.01)
