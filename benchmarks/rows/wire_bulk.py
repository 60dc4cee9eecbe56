"""Long messages on the lean wire, and small calls beside them, next to bare grpc.aio."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from ..load.wired import Wire, cores, socket, wire
from ..row import Budget, Row, Sample, Setup, Side
from .wire import Figure

BULK, BESIDE = 8, 4
NOTE = "unix socket, a core each; all calls of a side share one connection."


def row(title: str, unit: str, figure: Figure, budgets: Sequence[Budget], note: str) -> Setup:
    """A row of one figure over both wires."""

    @asynccontextmanager
    async def setup() -> AsyncGenerator[Row]:
        with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
            async with (
                wire("ours", socket(folder, "ours"), cores()) as ours,
                wire("grpc", socket(folder, "grpc"), cores()) as bare,
            ):
                sides = [Side("ours", figure(ours)), Side("bare grpc.aio", figure(bare))]
                yield Row(title, unit, sides, budgets, 7, note)

    return setup


def beside(one: Wire) -> Sample:
    return one.p99(BESIDE, BULK)


def one(one: Wire) -> Sample:
    return one.long(1)


def several(one: Wire) -> Sample:
    return one.long(BULK)


NO_SLOWER = [Budget(1, ratio=True, least=True)]
ROWS = {
    "wire-beside": row(
        "wire: small calls beside 8 callers of 1 MB, p99",
        "ms",
        beside,
        [Budget(3)],
        f"{BESIDE} callers of 100 B; {NOTE}",
    ),
    "wire-bulk": row("wire: 1 MB there and back, 8 callers", "calls/s", several, NO_SLOWER, NOTE),
    "wire-bulk-single": row("wire: 1 MB there and back, one caller", "calls/s", one, NO_SLOWER, NOTE),
}
