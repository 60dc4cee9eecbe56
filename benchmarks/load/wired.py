"""Two processes with a wire between them, each on a core of its own or both on one, and what calls over it cost."""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from ..row import CannotMeasure, Sample
from .child import Child, child

SECONDS = 0.6
"""Of load for each sample."""
PATIENCE = 60.0
"""Seconds for a sample that does not end."""


class Wire:
    """A caller and whom it calls."""

    def __init__(self, ends: Child) -> None:
        self._ends = ends

    async def load(self, small: int, long: int = 0) -> Any:
        """So many callers of each size, for a while. `cpu` is what both sides spent, in seconds."""
        async with asyncio.timeout(PATIENCE):
            return await self._ends.ask(small=small, long=long, seconds=SECONDS)

    def rate(self, callers: int) -> Sample:
        """Small calls answered a second."""

        async def sample() -> float:
            return float((await self.load(callers))["small"]["rate"])

        return sample

    def cpu(self, callers: int) -> Sample:
        """Microseconds of processor time a small call takes, over both sides."""

        async def sample() -> float:
            came = await self.load(callers)
            return came["cpu"] / came["small"]["count"] * 1e6

        return sample

    def p50(self) -> Sample:
        """Microseconds that half of one caller's small calls take at most."""

        async def sample() -> float:
            return float((await self.load(1))["small"]["p50"])

        return sample

    def p99(self, callers: int, long: int) -> Sample:
        """Milliseconds that 99 of a hundred small calls take at most, beside long ones."""

        async def sample() -> float:
            return (await self.load(callers, long))["small"]["p99"] / 1000

        return sample

    def long(self, callers: int) -> Sample:
        """Long calls answered a second."""

        async def sample() -> float:
            return float((await self.load(0, callers))["long"]["rate"])

        return sample


def cores() -> tuple[int, int]:
    """Two that this process may use. Raises CannotMeasure."""
    if not hasattr(os, "sched_getaffinity"):
        raise CannotMeasure("Processes are kept on cores as Linux does it.")
    found = sorted(os.sched_getaffinity(0))
    if len(found) < 2:
        raise CannotMeasure("A wire between two processes is measured on two cores, and there is one.")
    return found[0], found[1]


@contextmanager
def on_core(core: int) -> Generator[None]:
    """What is started inside stays on this core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free() -> int:
    """A port of this machine that nobody has."""
    with sockets.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


@asynccontextmanager
async def wire(kind: str, address: str, on: tuple[int, int], folder: str = "") -> AsyncGenerator[Wire]:
    """Both processes, until the block ends. on: the caller's core and the answerer's; folder: of certificates."""
    more = [folder] if folder else []
    async with child("benchmarks.load.wire", kind, address, str(on[0]), str(on[1]), *more) as ends:
        await ends.said()
        yield Wire(ends)


def socket(folder: str, name: str) -> str:
    """The address of a unix socket."""
    return f"unix:{Path(folder) / name}"
