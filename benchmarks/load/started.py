"""Starts a program, takes the time until it says that it is ready, and looks at its memory."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from ..row import CannotMeasure
from .child import ROOT

PATIENCE = 60.0
"""Seconds to wait for a program that does not get ready."""
REST = 0.5
"""Seconds between ready and at rest."""


@dataclass(frozen=True, slots=True)
class Started:
    """A program that is ready."""

    pid: int
    seconds: float
    """From the start of the process to its ready line, imports included."""

    def resident(self) -> float:
        """RSS in MB (10^6 bytes). Raises CannotMeasure where the system does not tell."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            raise CannotMeasure("Resident memory is read from /proc, which this system does not have.") from None
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) * 1024 / 1e6

    def shares(self) -> float:
        """PSS of the process and of its children in MB (10^6 bytes): what several share, each has a part of. Raises
        CannotMeasure where the system does not tell."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            rolled = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (self.pid, *children)]
        except OSError:
            raise CannotMeasure("Shared memory is read from /proc, which does not tell it here.") from None
        lines = (line for one in rolled for line in one.splitlines() if line.startswith("Pss:"))
        return sum(int(line.split()[1]) for line in lines) * 1024 / 1e6


@asynccontextmanager
async def started(arguments: Sequence[str], folder: str) -> AsyncGenerator[Started]:
    """Run `python -m …` on a data folder until the block ends. Raises RuntimeError when it does not get ready."""
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as said:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ |= {"PANGAEA_NOTIFY_FD": str(writer), "PANGAEA_DATA_DIR": folder}
        began = perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments, cwd=ROOT, env=environ, pass_fds=[writer], stdout=said, stderr=said
        )
        os.close(writer)
        try:
            line = await asyncio.wait_for(_line(reader), PATIENCE)
            seconds = perf_counter() - began
            if not line.startswith(b"READY"):
                await process.wait()
                said.seek(0)
                raise RuntimeError(f"python -m {' '.join(arguments)} did not start:\n{said.read().decode()}")
            yield Started(process.pid, seconds)
        finally:
            os.close(reader)
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                await process.wait()


async def _line(descriptor: int) -> bytes:
    """The first line from a pipe, or what came before its end."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, 65536)
