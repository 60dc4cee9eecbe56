"""Calls to another process over the lean wire, beside bare grpc.aio and a bare asyncio echo."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from ..load.certificates import issue
from ..load.wired import Wire, cores, free, socket, wire
from ..row import Budget, Row, Sample, Setup, Side

MANY = 64
NAMES = {"ours": "ours", "grpc": "bare grpc.aio", "echo": "bare asyncio echo"}
NOTE = "100 B there and back, deadline, traceparent and a signed principal; unix socket, both processes forks of one and kept on "
Figure = Callable[[Wire], Sample]


def row(
    title: str, unit: str, figure: Figure, budgets: Sequence[Budget], *, counterparts: Sequence[str], one_core: bool
) -> Setup:
    """A row of one figure over all three wires."""

    @asynccontextmanager
    async def setup() -> AsyncGenerator[Row]:
        first, second = cores()
        on = (first, first) if one_core else (first, second)
        with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
            async with AsyncExitStack() as stack:
                wires = {
                    kind: await stack.enter_async_context(wire(kind, socket(folder, kind), on))
                    for kind in ("ours", *counterparts)
                }
                sides = [Side(NAMES[kind], figure(one)) for kind, one in wires.items()]
                yield Row(title, unit, sides, budgets, 7, NOTE + ("one core." if one_core else "a core each."))

    return setup


@asynccontextmanager
async def mutual_tls() -> AsyncGenerator[Row]:
    """TCP with and without certificates of both sides."""
    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
        issue(Path(folder))
        async with (
            wire("ours", f"127.0.0.1:{free()}", cores(), folder) as ours,
            wire("ours", f"127.0.0.1:{free()}", cores()) as plain,
        ):
            sides = [Side("ours", ours.rate(MANY)), Side("ours over plain TCP", plain.rate(MANY))]
            budgets = [Budget(0.6, ratio=True, least=True)]
            yield Row("wire: mTLS, 64 callers", "calls/s", sides, budgets, 7, "as above, over TCP on a core each.")


def rate(one: Wire) -> Sample:
    return one.rate(MANY)


def cpu(one: Wire) -> Sample:
    return one.cpu(MANY)


FASTER = [Budget(20, ratio=True, least=True), Budget(95_000, least=True)]
ROWS = {
    "wire-many": row("wire: 64 callers", "calls/s", rate, FASTER, counterparts=("grpc", "echo"), one_core=False),
    "wire-many-one-core": row(
        "wire: 64 callers, one core", "calls/s", rate, (), counterparts=("grpc", "echo"), one_core=True
    ),
    "wire-cpu": row(
        "wire: processor time of a call, both sides", "µs", cpu, [Budget(0.067, ratio=True)],
        counterparts=("grpc", "echo"), one_core=False,
    ),
    "wire-single": row(
        "wire: one caller, one core, p50", "µs", Wire.p50, [Budget(40), Budget(1 / 8, ratio=True)],
        counterparts=("grpc", "echo"), one_core=True,
    ),
    "wire-across": row(
        "wire: one caller, two cores, p50", "µs", Wire.p50, [Budget(1.5, ratio=True)],
        counterparts=("echo", "grpc"), one_core=False,
    ),
    "wire-mtls": mutual_tls,
}  # fmt: skip
