"""The other processes of a TestHost in the topology `processes`: one for each module, started and stopped with it."""

from __future__ import annotations

import asyncio
import base64
import os
import pickle
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..module.declaration import Module
from ..wiring.graph import Replacement

START_WITHIN = 30.0
STOP_WITHIN = 15.0
"""Seconds, generous: a child that needs longer is broken."""


@dataclass(frozen=True)
class Order:
    """What a child is told to run; travels pickled through its environment."""

    folder: str
    modules: tuple[tuple[str, str], ...]
    """Pairs of the Python module that declares a Pangaea module, and the latter's name."""
    process: str
    settings: Mapping[str, Any]
    replace: tuple[tuple[Any, Replacement], ...]
    path: tuple[str, ...]
    """sys.path of the test."""

    def packed(self) -> str:
        return base64.b64encode(pickle.dumps(self)).decode()

    @staticmethod
    def unpacked(text: str) -> Order:
        return pickle.loads(base64.b64decode(text))  # our own parent wrote it


class Children:
    """Starts all processes at once, waits until each is ready, stops them in the end."""

    def __init__(
        self,
        folder: Path,
        modules: Sequence[Module],
        settings: Mapping[str, Any],
        replace: Mapping[Any, Replacement],
    ) -> None:
        self._folder = folder
        self._modules = modules
        self._settings = dict(settings)
        self._replace = tuple(replace.items())
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._parents: list[int] = []

    async def start(self) -> None:
        """Start every child. Raises RuntimeError with the child's own words when one does not become ready."""
        await asyncio.gather(*(self.start_one(module.name) for module in self._modules))

    async def start_one(self, name: str) -> None:
        """Start the process of one module (again)."""
        order = Order(
            folder=str(self._folder),
            modules=tuple((module.source, module.name) for module in self._modules),
            process=name,
            settings=self._settings,
            replace=self._replace,
            path=tuple(sys.path),
        )
        read, write = os.pipe()
        alive, parent = os.pipe()  # held by us alone: its end of file tells the child that we are gone
        environment = {
            **os.environ,
            "PANGAEA_TEST_ORDER": _packed(order),
            "PANGAEA_NOTIFY_FD": str(write),
            "PANGAEA_PARENT_FD": str(alive),
            "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        }
        log = self._folder / f"{name}.log"
        with log.open("ab") as out:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.testing.child",
                env=environment, stdout=out, stderr=out, stdin=asyncio.subprocess.DEVNULL, pass_fds=(write, alive),
            )  # fmt: skip
        os.close(write)
        os.close(alive)
        self._parents.append(parent)
        self._running[name] = child
        try:
            ready = await asyncio.wait_for(_first_line(read), START_WITHIN)
        except TimeoutError:
            ready = b""
        if not ready.startswith(b"READY"):
            raise RuntimeError(f"the process of module {name!r} did not become ready:\n{log.read_text()}")

    async def kill(self, name: str) -> None:
        """kill -9, and wait until it is gone."""
        child = self._running.pop(name)
        child.kill()
        await child.wait()

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal, such as SIGSTOP."""
        self._running[name].send_signal(number)

    def said(self, name: str) -> str:
        """What the process has logged so far."""
        return (self._folder / f"{name}.log").read_text()

    async def stop(self) -> None:
        """Ask every child to go; kill those that do not."""
        for child in self._running.values():
            if child.returncode is None:
                child.send_signal(signal.SIGCONT)
                child.terminate()
        for child in self._running.values():
            try:
                await asyncio.wait_for(child.wait(), STOP_WITHIN)
            except TimeoutError:
                child.kill()
                await child.wait()
        self._running = {}
        for descriptor in self._parents:
            os.close(descriptor)
        self._parents = []


def _packed(order: Order) -> str:
    try:
        return order.packed()
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise RuntimeError(
            f"a replacement cannot travel to another process ({error}); replace by a constructor or a picklable value "
            "that stands at the top of a module"
        ) from error


async def _first_line(descriptor: int) -> bytes:
    """What is written to a pipe up to its first newline or end; closes it."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    try:
        return await reader.readline()
    finally:
        transport.close()
