"""A process of its own that answers the shelf, or calls it without end: to be stopped, woken and killed by a test.

python -m tests.host.calling.lean_hard.answerer answer [host:port] | call ADDRESS | leave ADDRESS
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvloop

from app.calling.lean.lines import Lines
from app.calling.policy import Policy

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Shelf, ShelfAnswer

KEEPALIVE = 0.4
"""Seconds: a tenth of the wire's own, so that tests need not wait for that. Of those ends that are to miss somebody: others
have more patience, since a machine that is very busy may let a process wait for as long."""


class Other:
    """A process, by its id; what it says on its standard output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        assert process.stdout is not None
        self._said = process.stdout

    async def line(self) -> str:
        """What it says next."""
        return (await self._said.readline()).decode().strip()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    async def gone(self) -> int:
        """Its exit status, once it has ended."""
        return await self._process.wait()


@asynccontextmanager
async def another(*arguments: str) -> AsyncIterator[Other]:
    """A process that does what its arguments say, killed behind."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.host.calling.lean_hard.answerer", *arguments, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    try:
        yield Other(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        transport = process._transport  # type: ignore[attr-defined]  # else closed by the collector, with a warning
        transport.close()


async def _answer(address: str) -> None:
    async with leanly_serving(bound(ShelfAnswer()), address, key=KEY) as server:
        print(server.address, flush=True)
        await asyncio.Event().wait()


async def _call(address: str) -> None:
    """Calls of each shape, for ever, and how many are in flight once they all are."""
    async with lean_lines(key=KEY) as lines:
        caller: Shelf = lean([address], lines, policy=Policy(default_deadline=600)).caller  # type: ignore[assignment]

        async def forever() -> None:
            while True:
                async for _ in caller.all(10**9):
                    await asyncio.sleep(0)

        async def again() -> None:
            while True:
                await caller.find("a" * 300_000)

        tasks = [asyncio.create_task(forever()) for _ in range(3)] + [asyncio.create_task(again()) for _ in range(20)]
        await caller.see()
        print("calling", flush=True)
        await asyncio.wait(tasks)


async def _leave(address: str) -> None:
    """Ends with calls in flight and nothing closed."""
    caller: Any = lean([address], Lines(key=KEY), policy=Policy(default_deadline=600)).caller
    tasks = [asyncio.create_task(caller.find("a" * 300_000)) for _ in range(50)]
    await anext(caller.all(10**9))
    print("leaving" if not all(task.done() for task in tasks) else "too late", flush=True)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run({"answer": _answer, "call": _call, "leave": _leave}[what](*(rest or ["127.0.0.1:0"])))
