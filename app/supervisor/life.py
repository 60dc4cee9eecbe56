"""A child's life: it is started, what it says is passed on, it may become ready, it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable
from typing import Any

from ..observing.prefixed import Screen, lines
from .child import FAILED, REFUSED, Child
from .followed import NOTIFY, PARENT
from .forking import Forked, can_fork, fork

HELD_BACK = 2.0
"""Seconds: what a starting process says on stderr is held back that long, since it may be a refusal, shown last."""
LAST_WORDS = 1.0
"""Seconds for reading what an ended process has said; what it started may hold its pipes open for ever."""
_LOOKS = 10


class Kept:
    """A child and what became of it."""

    def __init__(self, child: Child, screen: Screen, on_ready: Callable[[Kept], None]) -> None:
        self.child = child
        self.name = child.name
        self.pid = 0
        self.code: int | None = None
        self.ready: dict[str, Any] | None = None
        """What it said about itself when it became ready; None until then."""
        self.killed = False
        self.again = asyncio.Event()
        """Set when it shall be started anew at once."""
        self._screen = screen
        self._on_ready = on_ready
        self._process: asyncio.subprocess.Process | Forked | None = None
        self._held: list[bytes] | None = None
        self._hold: asyncio.TimerHandle | None = None
        self._asked = False

    def end(self, *, kill_after: float | None = None) -> None:
        """Ask it to stop, once in its life: a second signal would force it. Kill it if it still lives after seconds."""
        process = self._process
        if process is None or process.returncode is not None or self._asked:
            return
        self._asked = True
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        if kill_after is not None:
            asyncio.get_running_loop().call_later(kill_after, self._kill, process)

    def kill(self) -> None:
        """End it at once, and everything that it started."""
        if self._process is not None:
            self._kill(self._process)

    def _kill(self, process: asyncio.subprocess.Process | Forked) -> None:
        if process.returncode is None:
            self.killed = True
            with contextlib.suppress(ProcessLookupError, PermissionError):
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:  # a fork that has not got to its session yet
                    process.send_signal(signal.SIGKILL)

    async def live(self, parent_end: int, begun: Callable[[Kept], None]) -> int:
        """One life, from start to exit code. `begun` is called once the process runs; `parent_end` it inherits."""
        self.ready, self.code, self.killed = None, None, False
        self._asked, self._held = False, []
        listening, notify = os.pipe()
        environ = {**os.environ, **self.child.environ}
        environ |= {NOTIFY: str(notify), PARENT: str(parent_end)}
        if self._screen.colours:
            environ["FORCE_COLOR"] = "1"
        try:
            process = self._process = await self._start(environ, (notify, parent_end))
        except OSError as error:
            os.close(listening)
            self._screen.line(self.name, f"cannot be started: {error}".encode())
            self.code = FAILED
            return FAILED
        finally:
            os.close(notify)
        self.pid = process.pid
        begun(self)
        assert process.stdout is not None
        assert process.stderr is not None
        said = [
            asyncio.create_task(lines(process.stdout, lambda line: self._screen.line(self.name, line))),
            asyncio.create_task(lines(process.stderr, self._complain)),
            asyncio.create_task(self._await_ready(listening)),
        ]
        try:
            self.code = await process.wait()
            for _ in range(_LOOKS):  # not one long wait: seconds in which we did not run were none for reading
                if not (await asyncio.wait(said, timeout=LAST_WORDS / _LOOKS))[1]:
                    break
        finally:
            if self._hold is not None:
                self._hold.cancel()
                self._hold = None
            for task in said:
                task.cancel()
            await asyncio.gather(*said, return_exceptions=True)
        if self.code != REFUSED:
            self.release()
        return self.code

    async def _start(self, environ: dict[str, str], inherited: tuple[int, int]) -> asyncio.subprocess.Process | Forked:
        run = self.child.run
        if run is not None and can_fork():
            return await fork(self.child, run, environ, inherited)
        return await asyncio.create_subprocess_exec(
            *self.child.command, env=environ, pass_fds=inherited, start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def _await_ready(self, listening: int) -> None:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(listening, "rb")
        )
        try:
            line = await reader.readline()
        finally:
            transport.close()
        if not line.startswith(b"READY"):
            return
        try:
            facts = json.loads(line.removeprefix(b"READY"))
        except ValueError:
            facts = {}
        self.ready = facts if isinstance(facts, dict) else {}
        self.release()
        self._on_ready(self)

    def _complain(self, line: bytes) -> None:
        if self._held is None:
            self._screen.line(self.name, line)
            return
        self._held.append(line)
        if self._hold is None:
            self._hold = asyncio.get_running_loop().call_later(HELD_BACK, self._no_refusal)

    def _no_refusal(self) -> None:
        """Whoever refuses to run ends soon after saying so: this one goes on, so far."""
        self._hold = None
        if self._held is not None and self._process is not None and self._process.returncode is None:
            held = self.take_held()
            self._held = []
            for line in held:
                self._screen.line(self.name, line)

    def release(self) -> None:
        """Show what was held back."""
        for line in self.take_held():
            self._screen.line(self.name, line)

    def take_held(self) -> list[bytes]:
        """What was said on stderr and not shown yet; from now on it is shown at once."""
        held, self._held = self._held or [], None
        return held
