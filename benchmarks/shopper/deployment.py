"""A shop to shop in: a topology that is started for it, and how much processor time all its processes take together."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from ..row import CannotMeasure

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds to wait for a shop that does not open, and for one that does not close."""


class Deployment:
    """A running shop. `pid` is None where somebody else runs it."""

    def __init__(self, url: str, pid: int | None = None) -> None:
        self.url, self.pid = url, pid

    def cpu(self) -> float:
        """Seconds of processor time of all its processes so far, those that ended included.
        Raises CannotMeasure where the system does not tell."""
        if self.pid is None:
            raise CannotMeasure("Somebody else runs this shop.")
        ticks = sum(_ticks(pid) for pid in processes(self.pid))
        return ticks / os.sysconf("SC_CLK_TCK")

    def count(self) -> int:
        """How many processes it has. Raises CannotMeasure like `cpu`."""
        if self.pid is None:
            raise CannotMeasure("Somebody else runs this shop.")
        return len(processes(self.pid))


def processes(pid: int) -> list[int]:
    """A process and its descendants. Raises CannotMeasure where the system does not tell."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return []  # gone meanwhile
        raise CannotMeasure("Processor time is read from /proc, which this system does not have.") from None
    return [pid, *(other for child in children for other in processes(int(child)))]


def _ticks(pid: int) -> int:
    """Of a process and of those of its children that it has seen end: user and system time of both (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(field) for field in fields[11:15])


@asynccontextmanager
async def deployed(topology: str, database: str = "", *, root: Path = ROOT) -> AsyncGenerator[Deployment]:
    """The shop as it runs in production, in a folder of its own, until the block ends.

    database: a PostgreSQL address; empty for SQLite files. root: whose code; this one's by default. Raises RuntimeError when it does not open.
    """
    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder, tempfile.TemporaryFile() as said:
        http, grpc = _free_port(), _free_port()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PANGAEA_")}
        environ |= {
            "PANGAEA_ENV": "production",
            "PANGAEA_HTTP_PORT": str(http),
            "PANGAEA_GRPC_PORT": str(grpc),
            "PANGAEA_DATA_DIR": folder,
            "PANGAEA_LOG_LEVEL": "warning",
            "PANGAEA_LIFE_LAME_DUCK": "0",
            "PANGAEA_DATABASE_MIGRATE": "always",
            "PANGAEA_DEPLOYMENT_KEY": secrets.token_hex(32),
            "PANGAEA_IDENTITY_KEY": secrets.token_hex(32),
        }
        if database:
            environ["PANGAEA_DATABASE_URL"] = database
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app", "up", "--topology", topology, cwd=root, env=environ, stdout=said, stderr=said
        )
        try:
            url = f"http://127.0.0.1:{http}"
            if not await _opens(url, process):
                said.seek(0)
                raise RuntimeError(f"the shop does not open as {topology}:\n{said.read().decode()[-4000:]}")
            yield Deployment(url, process.pid)
        finally:
            await _stop(process)


async def _opens(url: str, process: asyncio.subprocess.Process) -> bool:
    """Whether every page of the story answers within patience."""
    from .browser import Broken, Browser

    paths = ["/", "/cart", "/api/products", "/api/currencies", "/api/orders/none"]
    try:
        async with asyncio.timeout(PATIENCE):
            while paths and process.returncode is None:
                browser = Browser(url)
                try:
                    answer = await browser.get(paths[0])
                    if answer.status < 500:
                        paths.pop(0)
                        continue
                except Broken:
                    pass
                finally:
                    browser.close()
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
    return not paths


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
