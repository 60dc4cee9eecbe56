"""A stream answered in the same process, per item: beside the same asynchronous generator iterated directly."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from app import Contract, Message, deadline, query
from app.calling.binding import bind
from app.calling.local import local_target
from app.module.spec import spec_of
from app.telling.steps import Teller

from ..rounds import per_turn
from ..row import Budget, Row, Side

ITEMS = 20_000


class Tick(Message):
    """An item."""

    number: int


class Clock(Contract, service="benchmarks.Clock"):
    """Streams."""

    @query()
    def ticks(self, count: int) -> AsyncIterator[Tick]: ...


TICK = Tick(1)


class Ticking(Clock):
    """Yields one item after another without doing anything for it."""

    async def ticks(self, count: int) -> AsyncIterator[Tick]:
        for _ in range(count):
            yield TICK


@asynccontextmanager
async def local_stream() -> AsyncGenerator[Row]:
    """Nothing records, values pass as they are: as in production."""
    bare = Ticking()
    binding = bind(spec_of(Clock), None, tell=Teller())
    binding.swap(local_target(binding.spec, [bare], "benchmarks"))
    clock: Clock = binding.caller  # type: ignore[assignment]  # typed as a contract in general

    async def streamed(items: int) -> None:
        with deadline(30):
            async for _ in clock.ticks(items):
                pass

    async def plain(items: int) -> None:
        async for _ in bare.ticks(items):
            pass

    sides = [Side("ours", per_turn(ITEMS, streamed, 1e6)), Side("the generator itself", per_turn(ITEMS, plain, 1e6))]
    yield Row("stream in the same process, per item", "µs", sides, [Budget(0.5)], rounds=25)


ROWS = {"stream": local_stream}
