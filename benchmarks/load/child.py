"""A helper program that answers one line of JSON for each line it is sent, until its input ends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Child:
    """A running helper."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, **question: Any) -> Any:
        """Send a line, await its answer. Raises RuntimeError when the helper is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.said()

    async def said(self) -> Any:
        """What the helper says next: by itself, once it is ready. Raises RuntimeError when it is gone."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the helper left with {await self._process.wait()}")
        return json.loads(line)


@asynccontextmanager
async def child(*command: str, environ: Mapping[str, str] | None = None) -> AsyncGenerator[Child]:
    """Run a helper for as long as the block lasts: a Python module's name with arguments, or a path to a program."""
    argv = command if Path(command[0]).is_absolute() else (sys.executable, "-m", *command)
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
    )
    assert process.stdin is not None
    try:
        yield Child(process)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


def questions() -> Any:
    """The helper's side: every question, as it comes."""
    for line in sys.stdin:
        yield json.loads(line)


def answer(value: Any) -> None:
    """The helper's side: answer the question."""
    print(json.dumps(value), flush=True)
