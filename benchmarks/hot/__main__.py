"""`python -m benchmarks.hot [topology…] [--before REF] [--rounds N] [--write]`: processor time of single requests.

The shop runs as in production, as this tree has it and as the git ref had it, both at once; rounds of requests go to each
in turn, so that whatever else the machine does hits both alike. What is counted is processor time of all the shop's
processes, as the system keeps it: not waiting, not the client.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from .. import machine
from ..results import HOT, keep_hot
from ..shopper.deployment import ROOT, Deployment, deployed
from .requests import REQUESTS, Request, ask

CONNECTIONS = 8
WARM = 0.2
"""Of a round's requests, before the first one that counts."""
HEAD = ("topology", "request", "CPU-ms before", "CPU-ms now", "ratio")


async def main() -> int:
    """Measure, print, write. Exits 0 whatever the figures say."""
    given = _read(sys.argv[1:])
    facts = machine.facts()
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    for topology in given.topologies or ["monolith"]:
        async with AsyncExitStack() as stack:
            trees = [stack.enter_context(_tree(given.before)), ROOT] if given.before else [ROOT]
            shops = [await stack.enter_async_context(deployed(topology, root=tree)) for tree in trees]
            for request in REQUESTS:
                costs = await _measured(shops, request, given.rounds)
                lines.append(_line(topology, request, costs))
                print(lines[-1], flush=True)
    if given.write:
        keep_hot("\n".join([*_introduction(given, facts), *lines]))
        print(f"written: {HOT}")
    return 0


async def _measured(shops: Sequence[Deployment], request: Request, rounds: int) -> list[list[float]]:
    """Milliseconds of processor time a request, for each shop and round."""
    costs: list[list[float]] = [[] for _ in shops]
    for shop in shops:
        await ask(shop.url, request, CONNECTIONS, max(1, int(request.count * WARM)))
    for number in range(rounds):
        order = list(enumerate(shops))
        for index, shop in order if number % 2 else reversed(order):
            before = shop.cpu()
            asked = await ask(shop.url, request, CONNECTIONS, request.count)
            costs[index].append((shop.cpu() - before) / asked * 1000)
    return costs


def _line(topology: str, request: Request, costs: Sequence[Sequence[float]]) -> str:
    now = costs[-1]
    before = f"{statistics.median(costs[0]):.2f}" if len(costs) > 1 else ""
    ratios = [after / old for after, old in zip(now, costs[0], strict=True)]
    ratio = f"{statistics.median(ratios):.2f}×" if len(costs) > 1 else ""
    return f"| {topology} | {request.name} | {before} | {statistics.median(now):.2f} | {ratio} |"


@contextmanager
def _tree(ref: str) -> Generator[Path]:
    """What a git ref holds, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
        packed = subprocess.run(["git", "archive", ref], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        yield Path(folder)


def _introduction(given: argparse.Namespace, facts: Mapping[str, str]) -> list[str]:
    command = " ".join(["python -m benchmarks.hot", *sys.argv[1:]])
    return [
        HOT,
        "",
        f"Written by `{command}`.",
        "",
        f"Processor time of all the shop's processes for one request, on SQLite, over {CONNECTIONS} connections. Before is",
        f"{given.before or 'not measured'}; both run at once, and each ratio is of rounds that were neighbours in time.",
        "Medians. An order is the one item in the cart as well, its charge, its confirmation and its delivery.",
        "",
        *(f"- {name}: {value}" for name, value in facts.items() if name != "libraries"),
        "",
    ]


def _read(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hot", description=__doc__)
    parser.add_argument("topologies", nargs="*", help="of config/topologies.toml; monolith by default")
    parser.add_argument("--before", default="", metavar="REF", help="a git ref to compare with")
    parser.add_argument("--rounds", type=int, default=7, help="of requests to each side")
    parser.add_argument("--write", action="store_true", help="write it to benchmarks/RESULTS.md")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
