"""Start to ready with warm bytecode, imports included; and memory at rest. Beside them, the same libraries by hand."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from ..load.started import REST, started
from ..row import Budget, Row, Setup, Side

ANY_PORT = ("--set", "http.port=0", "--set", "grpc.port=0")
SHOP = ("app", "run", "--topology", "monolith", *ANY_PORT)
BARE = "benchmarks.load.bare"
WARM = "bytecode is there, the database exists and is migrated: the round before the first one made both."


ALL = ("app", "up", "--topology", "microservices", *ANY_PORT)
APART = ("benchmarks.load.apart", "microservices", *ANY_PORT)


def module(name: str) -> tuple[str, ...]:
    """One module as a process of the split shop: answers its neighbours, serves no edge."""
    return ("app", "run", "--topology", "microservices", "--process", name, *ANY_PORT)


def by_hand(parts: Sequence[str]) -> str:
    """What the counterpart is called."""
    return f"{', '.join(parts)} by hand"


def time_to_ready(title: str, ours: Sequence[str], bare: Sequence[str], limit: float) -> Setup:
    """A row of start-up time in seconds."""

    def side(name: str, arguments: Sequence[str], folder: str) -> Side:
        async def sample() -> float:
            async with started(arguments, folder) as one:
                return one.seconds

        return Side(name, sample)

    @asynccontextmanager
    async def row() -> AsyncGenerator[Row]:
        with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
            sides = [side("ours", ours, folder), side(by_hand(bare), [BARE, *bare], folder)]
            yield Row(title, "s", sides, [Budget(limit)], 7, WARM)

    return row


def memory(title: str, ours: Sequence[str], bare: Sequence[str], limit: float) -> Setup:
    """A row of resident memory in MB."""

    def side(name: str, arguments: Sequence[str], folder: str) -> Side:
        async def sample() -> float:
            async with started(arguments, folder) as one:
                await asyncio.sleep(REST)
                return one.resident()

        return Side(name, sample)

    @asynccontextmanager
    async def row() -> AsyncGenerator[Row]:
        with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
            sides = [side("ours", ours, folder), side(by_hand(bare), [BARE, *bare], folder)]
            yield Row(title, "MB", sides, [Budget(limit)], 3, WARM)

    return row


@asynccontextmanager
async def together_ready() -> AsyncGenerator[Row]:
    """All processes of the split shop: forks, beside new interpreters."""
    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:

        async def ready(arguments: Sequence[str]) -> float:
            async with started(arguments, folder) as one:
                return one.seconds

        sides = [Side("ours", lambda: ready(ALL)), Side("each a new interpreter", lambda: ready(APART))]
        yield Row("start to ready, pangaea up, 12 processes", "s", sides, (), 5, WARM)


@asynccontextmanager
async def together_memory() -> AsyncGenerator[Row]:
    """The same, at rest."""
    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:

        async def shares(arguments: Sequence[str]) -> float:
            async with started(arguments, folder) as one:
                await asyncio.sleep(REST)
                return one.shares()

        sides = [Side("ours", lambda: shares(ALL)), Side("each a new interpreter", lambda: shares(APART))]
        yield Row("memory at rest, pangaea up, 12 processes", "MB", sides, (), 3, f"PSS of all together; {WARM}")


ROWS = {
    "start-shop": time_to_ready("start to ready, whole shop", SHOP, ("grpc", "litestar", "sqlalchemy"), 0.8),
    "start-module": time_to_ready("start to ready, one module (currency)", module("currency"), ("grpc",), 0.5),
    "memory-shop": memory("memory at rest, whole shop", SHOP, ("grpc", "litestar", "sqlalchemy"), 120),
    "memory-module": memory(
        "memory at rest, one module without a database (currency)", module("currency"), ("grpc",), 70
    ),
    "memory-database": memory(
        "memory at rest, one module with a database (cart)", module("cart"), ("grpc", "sqlalchemy"), 100
    ),
    "start-together": together_ready,
    "memory-together": together_memory,
}
