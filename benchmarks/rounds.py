"""Takes samples in rounds, the sides in turn and every other round backwards, so that drift hits all alike."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from time import thread_time

from .row import Measured, Row, Sample

Advance = Callable[[], object]


async def measure(row: Row, rounds: int, advance: Advance) -> Measured:
    """Run a row: one round to warm up, then as many as asked for. `advance` is told of each sample."""
    samples: list[list[float]] = [[] for _ in row.sides]
    for number in range(rounds + 1):
        order = list(enumerate(row.sides))
        for index, side in order if number % 2 else reversed(order):
            gc.collect()
            gc.freeze()  # what other rows have left behind is not this one's to walk over
            value = await side.sample()
            gc.unfreeze()
            advance()
            if number:
                samples[index].append(value)
            await asyncio.sleep(0)
    return Measured(row, samples)


def per_turn(turns: int, work: Callable[[int], Awaitable[object]], scale: float = 1e9) -> Sample:
    """A sample of the time one turn takes, by default in ns: `work(turns)` loops as many times.

    The loop stands in `work`, so that nothing but the loop itself is between two turns. What counts is this thread's
    time on a processor: what else the machine does is no part of it.
    """

    async def sample() -> float:
        began = thread_time()
        await work(turns)
        return (thread_time() - began) / turns * scale

    return sample
