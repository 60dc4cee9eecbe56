"""Children by fork: they find what they need imported, share its memory with their siblings, and are ready the sooner."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import io
import os
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Collection, Mapping
from contextvars import Context
from pathlib import Path
from typing import NoReturn, TextIO

from .child import Child

TAKEN = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE)
"""Signals that a loop or Python itself may have taken over, and that a child starts without."""


MOST_NAME = 15
"""Bytes of a process's name that Linux keeps."""


def can_fork() -> bool:
    """Whether a fork of this process would be sound, and its end be seen: other threads, those of C libraries too, would
    be missing in it, and whatever they held would be held for ever."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # before Linux 5.3, or not allowed; no /proc
        return False


async def fork(child: Child, run: Callable[[], int], environ: Mapping[str, str], keep: Collection[int]) -> Forked:
    """A child that calls `run` and ends with its exit code, in a session of its own, with pipes for what it says.

    environ: all of its environment. keep: the file descriptors it inherits; there are no others. Raises OSError.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # it is closed, or nobody reads it
            stream.flush()  # or it would be said twice
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:  # as some that start us leave it: no exit code would be kept
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    gc.freeze()  # what no collector looks at stays shared
    ends: list[int] = []
    try:
        ends += os.pipe()
        ends += os.pipe()
        stdout, said, stderr, complained = ends
        pid = _split(child, run, environ, (said, complained), keep)
    except OSError:
        for end in ends:
            os.close(end)
        raise
    os.close(said)
    os.close(complained)
    try:
        return Forked(pid, await _reader(stdout), await _reader(stderr))
    except BaseException:  # nobody would know of it
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)  # noqa: ASYNC222  # killed: at once
        raise


class Forked:
    """A child that runs, or has ended; what a supervisor needs of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None
        """Negative: the signal that ended it."""
        self._ended = asyncio.Event()
        self._end = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._end, self._reap)

    def send_signal(self, number: int) -> None:
        """Raises ProcessLookupError where it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        os.kill(self.pid, number)

    async def wait(self) -> int:
        """Its exit code."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def _reap(self) -> None:
        asyncio.get_running_loop().remove_reader(self._end)
        os.close(self._end)
        _, status = os.waitpid(self.pid, 0)
        self.returncode = os.waitstatus_to_exitcode(status)
        self._ended.set()


def _split(
    child: Child,
    run: Callable[[], int],
    environ: Mapping[str, str],
    outputs: tuple[int, int],
    keep: Collection[int],
) -> int:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TAKEN)  # a signal for the child would wake the parent's loop
    try:
        pid = os.fork()
        if pid == 0:
            _become(child, run, environ, outputs, keep, before)
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _reader(end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb", 0)
    )
    return reader


def _become(
    child: Child,
    run: Callable[[], int],
    environ: Mapping[str, str],
    outputs: tuple[int, int],
    keep: Collection[int],
    mask: Collection[int],
) -> NoReturn:
    """The child, from here on: nothing of its parent's loop, and it never returns to it."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGHUP):  # they came before the session: the terminal meant the parent
            signal.signal(number, signal.SIG_IGN)
        for number in TAKEN:
            signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python starts
        asyncio._set_running_loop(None)
        asyncio.set_event_loop(None)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, end in enumerate(outputs, 1):
            os.dup2(end, number)
        os.closerange(0, 1)
        _close_others({1, 2, *keep})
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)  # it takes the lowest number: stdin
        sys.stdout, sys.stderr = _stream(1, sys.__stdout__, environ), _stream(2, sys.__stderr__, environ)
        _be_called(child)  # first: its place in memory is found by the environment that the parent was given
        os.environ.clear()
        os.environ.update(environ)
        code = _code_of(run)
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):  # whoever read it is gone
            sys.stdout.flush()
            sys.stderr.flush()
    except Exception:
        traceback.print_exc()
    finally:  # whatever happens, a second Ctrl-C too: it must not go on as its parent
        os._exit(code & 0xFF)


def _code_of(run: Callable[[], int]) -> int:
    """The exit code; what Python says of an error is said."""
    try:
        return Context().run(run)
    except SystemExit as left:
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1


def _stream(number: int, parents: TextIO | None, environ: Mapping[str, str]) -> TextIO:
    """As a new interpreter has it that writes to a pipe, whatever the parent did with its own."""
    unbuffered = bool(environ.get("PYTHONUNBUFFERED"))
    raw = open(number, "wb", 0 if unbuffered else -1, closefd=False)  # noqa: SIM115
    encoding, errors = (parents.encoding, parents.errors) if parents is not None else ("utf-8", "backslashreplace")
    return io.TextIOWrapper(raw, encoding, errors, line_buffering=number == 2, write_through=unbuffered)


def _be_called(child: Child) -> None:
    """In `ps` and `top` it looks as if its command had been run."""
    with contextlib.suppress(ImportError):
        from setproctitle import setproctitle

        setproctitle(os.fsencode(shlex.join(child.command)).decode("utf-8", "replace"))
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_bytes(os.fsencode(child.name)[:MOST_NAME])


def _close_others(kept: Collection[int]) -> None:
    """A sibling's pipe that stays open here would never end there."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))
