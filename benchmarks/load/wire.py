"""One end of a wire, on a core of its own: `python -m benchmarks.load.wire serve|call KIND ADDRESS CORE [FOLDER]`."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import AsyncGenerator
from time import perf_counter, process_time
from typing import Any

from .child import answer

LINE = 65536


async def serve(kind: str, address: str, folder: str) -> None:
    """Answer calls; and whatever is asked, with the seconds of processor time that were spent so far."""
    from .echo import served

    async with served(kind, address, folder):
        answer(process_time())
        async for _ in questions():
            answer(process_time())


async def call(kind: str, address: str, folder: str) -> None:
    """Answers `{small, long, seconds}`, which are numbers of callers, with what came of it."""
    from .echo import calls

    async with calls(kind, address, folder) as (small, long):
        async for question in questions():
            seconds, ends = question["seconds"], Ends()
            gc.collect()
            gc.freeze()
            spent, began = process_time(), perf_counter()
            await asyncio.gather(
                *(ends.of(small, began + seconds, ends.small) for _ in range(question["small"])),
                *(ends.of(long, began + seconds, ends.long) for _ in range(question["long"])),
            )
            took, spent = perf_counter() - began, process_time() - spent
            gc.unfreeze()
            answer({"cpu": spent, "small": said(ends.small, took), "long": said(ends.long, took)})


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
    """Pinned before anything is imported that starts threads."""
    role, kind, address, core, *folder = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    import uvloop

    end = {"serve": serve, "call": call}[role]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(end(kind, address, "".join(folder)))


if __name__ == "__main__":
    main()
