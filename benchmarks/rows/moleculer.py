"""Moleculer's local call, where node and npm are at hand: how far another framework's call is from a plain await."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from ..load.child import Child, child
from ..row import CannotMeasure, Row, Side

SCRIPT = Path(__file__).parents[1] / "load" / "moleculer.js"
TURNS = 100_000


@asynccontextmanager
async def moleculer() -> AsyncGenerator[Row]:
    """Installs the package into a folder that is gone afterwards."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotMeasure("Moleculer needs node and npm, which are not on this machine.")
    with tempfile.TemporaryDirectory(prefix="pangaea-moleculer-") as folder:
        await _install(npm, folder)
        async with child(node, str(SCRIPT), environ={"NODE_PATH": f"{folder}/node_modules"}) as helper:
            sides = [_side("Moleculer", helper, "call"), _side("plain await (JavaScript)", helper, "await")]
            note = "for comparison: broker.call of a local action, `logger: false`, otherwise its defaults."
            yield Row("Moleculer, local call", "ns", sides, rounds=15, note=note)


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


ROWS = {"moleculer": moleculer}
