"""Moleculer's calls, where node and npm are at hand: a local one beside a plain await, one over TCP beside ours."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from ..load.child import Child, child
from ..load.wired import PATIENCE, SECONDS, cores, free, on_core, wire
from ..row import CannotMeasure, Row, Side
from .wire import MANY

SCRIPT = Path(__file__).parents[1] / "load" / "moleculer.js"
OVER_TCP = SCRIPT.with_name("moleculer_tcp.js")
TURNS = 100_000


@asynccontextmanager
async def moleculer() -> AsyncGenerator[Row]:
    """In its own process."""
    async with _installed() as (node, environ), child(node, str(SCRIPT), environ=environ) as helper:
        sides = [_side("Moleculer", helper, "call"), _side("plain await (JavaScript)", helper, "await")]
        note = "for comparison: broker.call of a local action, `logger: false`, otherwise its defaults."
        yield Row("Moleculer, local call", "ns", sides, rounds=15, note=note)


@asynccontextmanager
async def moleculer_tcp() -> AsyncGenerator[Row]:
    """Between two processes, on a core each."""
    on = cores()
    async with _installed() as (node, environ), AsyncExitStack() as stack:
        ports = (str(free()), str(free()))
        helpers: list[Child] = []
        for role, core, mine, other in (("serve", on[1], *ports), ("call", on[0], *reversed(ports))):
            with on_core(core):
                helpers.append(
                    await stack.enter_async_context(child(node, str(OVER_TCP), role, mine, other, environ=environ))
                )
        async with asyncio.timeout(PATIENCE):
            for helper in helpers:
                await helper.said()
        ours = await stack.enter_async_context(wire("ours", f"127.0.0.1:{free()}", on))

        async def theirs() -> float:
            async with asyncio.timeout(PATIENCE):
                return float(await helpers[1].ask(callers=MANY, seconds=SECONDS))

        sides = [Side("ours", ours.rate(MANY)), Side("Moleculer", theirs)]
        note = "for comparison: its TCP transporter with a timeout, neither trace nor principal; ours with all it has."
        yield Row("wire: beside Moleculer over TCP, 64 callers", "calls/s", sides, rounds=7, note=note)


@asynccontextmanager
async def _installed() -> AsyncGenerator[tuple[str, dict[str, str]]]:
    """The package in a folder that is gone afterwards: node, and the environment that finds it. Raises CannotMeasure."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotMeasure("Moleculer needs node and npm, which are not on this machine.")
    with tempfile.TemporaryDirectory(prefix="pangaea-moleculer-") as folder:
        await _install(npm, folder)
        yield node, {"NODE_PATH": f"{folder}/node_modules"}


def _side(name: str, helper: Child, side: str) -> Side:
    async def sample() -> float:
        return float(await helper.ask(side=side, turns=TURNS))

    return Side(name, sample)


async def _install(npm: str, folder: str) -> None:
    process = await asyncio.create_subprocess_exec(
        npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder, "moleculer",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        code = await asyncio.wait_for(process.wait(), 120)
    except TimeoutError:
        process.kill()
        await process.wait()
        code = -1
    if code != 0:
        raise CannotMeasure("npm could not install the package `moleculer` here.")


ROWS = {"moleculer": moleculer, "moleculer-wire": moleculer_tcp}
