"""The other processes of a TestHost in the topology `processes`: one for each module, started and stopped with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..supervisor.child import ending
from ..supervisor.followed import NOTIFY, PARENT
from .orders import Order

START_WITHIN = 60.0
STOP_WITHIN = 30.0
"""Seconds, generous: a child that needs longer is broken."""


class ChildFailed(RuntimeError):
    """A child did not become ready, or did not stop as it should; its own words are in the text."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to start: what it is ordered to do, and which replica of it this is."""

    order: Order
    replica: int = 0


class Children:
    """The children by name: their module's, and with replicas `cart-0`, `cart-1`. They start all at once, and none
    outlives the test, however that ends."""

    def __init__(self, folder: Path, children: Mapping[str, Child]) -> None:
        self._folder = folder
        self._children = dict(children)
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._killed: set[int] = set()
        self._starting: set[int] = set()
        """Processes that are not ready yet, and so may not know how to stop."""
        self._parent: tuple[int, int] | None = None
        self._restarts: set[asyncio.Task[None]] = set()
        self._logs: dict[str, str] = {}
        self.exit_codes: dict[str, int] = {}
        """Name -> how its latest process ended, as far as it has: 0 when it stopped as asked, -9 when it was killed."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._children)

    async def start(self) -> None:
        """Start every child. Raises ChildFailed with the child's own words when one does not become ready."""
        starts = [asyncio.create_task(self.start_one(name)) for name in self._children]
        try:
            done, _ = await asyncio.wait(starts, return_when=asyncio.FIRST_EXCEPTION) if starts else ((), ())
            for start in done:
                start.result()
        finally:
            for start in starts:
                start.cancel()
            await asyncio.gather(*starts, return_exceptions=True)

    async def start_one(self, name: str) -> None:
        """Start a child (again) and wait until it is ready. Raises ChildFailed."""
        child = self._child(name)
        if name in self._running:
            raise RuntimeError(f"{name} runs already; kill it first")
        path = self._folder / f"{name}.order"
        if not path.exists():
            child.order.write(path)
        if self._parent is None:
            self._parent = os.pipe()  # nobody writes to it: its end tells the children that we are gone
        listening, notify = os.pipe()
        environment = {
            **os.environ,
            "PANGAEA_REPLICA": str(child.replica),
            NOTIFY: str(notify),
            PARENT: str(self._parent[0]),
            "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),
        }
        try:
            with self._log(name).open("ab") as out:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", f"{__package__}.child", str(path),
                    env=environment, stdout=out, stderr=out, stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(notify, self._parent[0]),
                )  # fmt: skip
        except BaseException:
            os.close(listening)
            raise
        finally:
            os.close(notify)
        self.exit_codes.pop(name, None)
        self._running[name] = process
        self._starting.add(process.pid)
        try:
            async with asyncio.timeout(START_WITHIN):
                ready = await _ready(listening)
                why = "" if ready else f"{ending(await process.wait())} before it was ready"  # a moment after its pipe
        except TimeoutError:
            why = f"was not ready within {START_WITHIN:g} s"
        if why:
            self._killed.add(process.pid)  # what becomes of it is told here
            raise ChildFailed(f"the process of {name} {why}:\n{self.said(name)}")
        self._starting.discard(process.pid)

    async def kill(self, name: str) -> int:
        """kill -9, and wait until it is gone."""
        process = self._process(name)
        self._kill(process)
        return await self.wait(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal, such as SIGSTOP to let it hang and SIGCONT to let it go on."""
        _send(self._process(name), number)

    async def wait(self, name: str) -> int:
        """Wait until a child has ended; its exit code, negative for the signal that killed it."""
        process = self._process(name)
        code = await process.wait()
        if self._running.get(name) is process:
            del self._running[name]
            self.exit_codes[name] = code
        return code

    def crash(self, name: str) -> None:
        """kill -9 and start again, without waiting for either."""
        process = self._running.get(name)
        if process is not None and process.returncode is None:
            self._kill(process)
            task = asyncio.get_running_loop().create_task(self._again(name))
            self._restarts.add(task)
            task.add_done_callback(self._restarts.discard)

    def pid(self, name: str) -> int:
        """The process id of a running child."""
        return self._process(name).pid

    def said(self, name: str) -> str:
        """What the process has logged so far; all of it once it has stopped."""
        self._child(name)
        if name not in self._logs and self._log(name).exists():
            return self._log(name).read_text(errors="replace")
        return self._logs.get(name, "")

    async def stop(self) -> None:
        """Ask every child to go, all at once; kill those that do not. Raises ChildFailed where one did not end well,
        after all have."""
        for task in self._restarts:
            task.cancel()
        await asyncio.gather(*self._restarts, return_exceptions=True)
        results = await asyncio.gather(*(self._stop(name) for name in tuple(self._running)))
        if self._parent is not None:
            for descriptor in self._parent:
                os.close(descriptor)
            self._parent = None
        self._logs = {name: self.said(name) for name in self._children}  # the folder goes
        failed = [f"the process of {name} {why}:\n{self.said(name)}" for name, why in results if why]
        if failed:
            raise ChildFailed("\n".join(failed))

    async def _stop(self, name: str) -> tuple[str, str]:
        process = self._running[name]
        early = _is_gone(process) and process.pid not in self._killed
        _send(process, signal.SIGTERM)
        _send(process, signal.SIGCONT)  # it may hang by a SIGSTOP
        late = False
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN)
        except TimeoutError:
            late = True
            self._kill(process)
        code = await self.wait(name)
        if late:
            return name, f"did not stop within {STOP_WITHIN:g} s and was killed"
        fine = process.pid in self._killed or (process.pid in self._starting and code == -signal.SIGTERM)
        if early or (code and not fine):
            return name, f"{ending(code)}{' on its own' if early else ''}"
        return name, ""

    async def _again(self, name: str) -> None:
        await self.wait(name)
        await self.start_one(name)

    def _kill(self, process: asyncio.subprocess.Process) -> None:
        self._killed.add(process.pid)
        _send(process, signal.SIGKILL)

    def _child(self, name: str) -> Child:
        if name not in self._children:
            raise LookupError(f"there is no child {name!r}; the children: {', '.join(self._children)}")
        return self._children[name]

    def _process(self, name: str) -> asyncio.subprocess.Process:
        self._child(name)
        if name not in self._running:
            raise RuntimeError(f"{name} does not run: start it with start_one({name!r})")
        return self._running[name]

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal, past asyncio: its own way reaps a process that has just ended, and so loses the exit code."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _is_gone(process: asyncio.subprocess.Process) -> bool:
    """Whether it has ended, also where the loop has not heard of it yet."""
    if process.returncode is not None:
        return True
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


async def _ready(listening: int) -> bool:
    """Whether `READY` comes through a pipe before its end; closes it."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(listening, "rb", buffering=0)
    )
    try:
        return (await reader.readline()).startswith(b"READY")
    finally:
        transport.close()
