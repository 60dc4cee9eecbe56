"""Both ends of a wire, each on its core, forks of one process as `pangaea up` makes them:
`python -m benchmarks.load.wire KIND ADDRESS CORE CORE [FOLDER]`, the caller's core first."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import sys
from collections.abc import AsyncGenerator
from time import perf_counter, process_time
from typing import Any

import uvloop

from .child import answer
from .echo import calls, served

LINE = 65536


async def serve(kind: str, address: str, folder: str, asked: socket.socket) -> None:
    """Answer calls; and whatever is asked, with the seconds of processor time that were spent so far."""
    reader, writer = await asyncio.open_unix_connection(sock=asked)
    async with served(kind, address, folder):
        writer.write(b"ready\n")
        while await reader.readline():
            writer.write(f"{process_time()}\n".encode())


async def call(kind: str, address: str, folder: str, answerer: socket.socket) -> None:
    """Answers `{small, long, seconds}`, which are numbers of callers, with what came of it."""
    reader, writer = await asyncio.open_unix_connection(sock=answerer)

    async def spent() -> float:
        writer.write(b"\n")
        return process_time() + float(await reader.readline())

    await reader.readline()
    async with calls(kind, address, folder) as (small, long):
        answer("ready")
        async for question in questions():
            seconds, ends = question["seconds"], Ends()
            gc.collect()
            gc.freeze()
            before, began = await spent(), perf_counter()
            await asyncio.gather(
                *(ends.of(small, began + seconds, ends.small) for _ in range(question["small"])),
                *(ends.of(long, began + seconds, ends.long) for _ in range(question["long"])),
            )
            took, cpu = perf_counter() - began, await spent() - before
            gc.unfreeze()
            answer({"cpu": cpu, "small": said(ends.small, took), "long": said(ends.long, took)})
    writer.close()


class Ends:
    """How long each call took, in seconds."""

    def __init__(self) -> None:
        self.small: list[float] = []
        self.long: list[float] = []

    async def of(self, once: Any, until: float, into: list[float]) -> None:
        """A caller: one call after the other."""
        began = perf_counter()
        while began < until:
            await once()
            ended = perf_counter()
            into.append(ended - began)
            began = ended


def said(took: list[float], seconds: float) -> dict[str, float]:
    """How many there were, how many in a second, and how long they took in microseconds."""
    took.sort()
    count = len(took)
    at = [took[int(count * part)] * 1e6 for part in (0.5, 0.99)] if count else [0.0, 0.0]
    return {"count": count, "rate": count / seconds, "p50": at[0], "p99": at[1]}


async def questions() -> AsyncGenerator[Any]:
    """As they come, until there are no more; the loop turns meanwhile."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def main() -> None:
    """Fork, and be the caller."""
    kind, address, calling, answering, *folder = sys.argv[1:]
    ours, theirs = socket.socketpair()
    gc.freeze()
    if os.fork() == 0:
        end, core, way = serve, answering, theirs
        ours.close()
    else:
        end, core, way = call, calling, ours
        theirs.close()
    os.sched_setaffinity(0, {int(core)})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(end(kind, address, "".join(folder), way))


if __name__ == "__main__":
    main()
