"""`python -m benchmarks.shopper [topology…]`: a crowd of shoppers against the shop in each topology, and what they met.

Each topology is started on free ports with its data in a folder that is gone afterwards. With --url a shop that runs
already is met instead. Exits 0 when every request was answered well, 1 when one was not, 2 when the shop did not open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tomllib
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .. import machine
from ..results import RESULTS, keep_budgets
from .crowd import Orders
from .deployment import ROOT, Deployment, deployed
from .report import lines, section, table, written
from .run import Advance, Outcome, shop_in

SPOKEN = 5.0
"""Seconds between two lines where there is no terminal to draw a bar on."""


def main(given: Sequence[str] | None = None) -> int:
    """Shop, show, write."""
    arguments = _read(given)
    os.environ |= {"GRPC_ENABLE_FORK_SUPPORT": "0", "GRPC_VERBOSITY": "ERROR"}
    facts = machine.facts()
    console = Console(stderr=arguments.json)
    try:
        outcomes = asyncio.run(_run(arguments, console))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if arguments.json:
        print(json.dumps([written(outcome) for outcome in outcomes], indent=1))
    if arguments.write:
        keep_budgets(section(_command(arguments), facts, outcomes))
        console.print(f"written: {os.path.relpath(RESULTS)}")
    return int(any(outcome.figures.errors for outcome in outcomes))


async def _run(arguments: argparse.Namespace, console: Console) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for topology in [""] if arguments.url else arguments.topologies:
        async with _shop(arguments, topology) as deployment:
            orders = Orders(
                url=deployment.url,
                users=arguments.users,
                seconds=arguments.seconds,
                warmup=arguments.warmup,
                requests=arguments.requests,
                rate=arguments.rate,
                think=arguments.think,
                rest=arguments.rest,
            )
            with _shown(console, topology or deployment.url, orders) as advance:
                outcome = await shop_in(deployment, topology, orders, arguments.crowds, advance)
        outcomes.append(outcome)
        console.print(f"\n{topology or deployment.url}, {orders.users} users", highlight=False)
        console.print(table(outcome), highlight=False)
        console.print(*lines(outcome), sep="\n", highlight=False, soft_wrap=True)
    return outcomes


@asynccontextmanager
async def _shop(arguments: argparse.Namespace, topology: str) -> AsyncGenerator[Deployment]:
    if arguments.url:
        yield Deployment(arguments.url)
        return
    async with deployed(topology, arguments.database) as deployment:
        yield deployment


@contextmanager
def _shown(console: Console, name: str, orders: Orders) -> Generator[Advance]:
    """A bar that moves on a terminal; elsewhere a line now and then."""
    if not console.is_terminal:
        spoken = 0.0

        def say(seconds: float, requests: int, errors: int) -> None:
            nonlocal spoken
            if seconds >= spoken + SPOKEN:
                spoken = seconds
                text = f"{name}: {seconds:.0f} of {orders.seconds:g} s, {requests:,} requests, {errors:,} errors"
                console.print(text, highlight=False)

        yield say
        return
    told = TextColumn("{task.fields[requests]:,} requests, {task.fields[errors]:,} errors")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), told, TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task(name, total=orders.seconds, requests=0, errors=0)

        def draw(seconds: float, requests: int, errors: int) -> None:
            done = max(seconds, requests / orders.requests * orders.seconds) if orders.requests else seconds
            bar.update(task, completed=done, requests=requests, errors=errors)

        yield draw


def _read(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shopper", description=__doc__)
    add = parser.add_argument
    add("topologies", nargs="*", help="of config/topologies.toml; by default monolith")
    add("--url", default="", help="a shop that runs already, such as http://127.0.0.1:8080")
    add("--users", type=_count, default=16, help="shoppers at the same time; by default 16")
    add("--seconds", type=_some_seconds, default=30.0, help="how long it counts, at most an hour; by default 30")
    add("--warmup", type=_seconds, default=3.0, help="seconds before it counts; by default 3")
    add("--requests", type=_whole, default=0, help="stop after about so many; by default when the time is over")
    add("--rate", type=_rate, default=0.0, help="shoppers that arrive in a second; by default all at once")
    add("--think", type=_range, default=(0.0, 0.0), help="seconds between two tasks, such as 1-10; by default none")
    add("--rest", action="store_true", help="the same mix over REST instead of pages")
    add("--crowds", type=_count, default=1, help="processes that the shoppers are spread over; by default 1")
    add("--database", default="", help="a PostgreSQL address; by default SQLite files")
    add("--json", action="store_true", help="what came out as JSON on standard output, all else on standard error")
    add("--write", action="store_true", help="write it to benchmarks/RESULTS.md")
    arguments = parser.parse_args(given)
    if arguments.url and (arguments.topologies or arguments.write):
        parser.error("--url is a shop of its own: it goes with no topology, nor with --write")
    arguments.topologies = arguments.topologies or ["monolith"]
    known = tomllib.loads((ROOT / "config" / "topologies.toml").read_text())["topologies"]
    if unknown := [name for name in arguments.topologies if name not in known]:  # told before half an hour has passed
        parser.error(f"there is no topology {unknown[0]}; the topologies: {', '.join(known)}")
    return arguments


def _number(text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text} is not from {least:,g} to {most:,.0f}")
    return value


def _whole(text: str, least: int = 0, most: int = 1_000_000_000) -> int:
    value = _number(text, least, most)
    if value != int(value):
        raise argparse.ArgumentTypeError(f"{text} is no whole number")
    return int(value)


def _count(text: str) -> int:
    return _whole(text, 1, 10_000)


def _rate(text: str) -> float:
    return _number(text, 0, 10_000)


def _seconds(text: str) -> float:
    return _number(text, 0, 3600)


def _some_seconds(text: str) -> float:
    return _number(text, 0.1, 3600)


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    return _seconds(low), _seconds(high or low)


def _command(arguments: argparse.Namespace) -> str:
    words = [f'TOPOLOGY="{" ".join(arguments.topologies)}"', f"USERS={arguments.users}"]
    words.append(f"SECONDS={arguments.seconds:g}")
    return " ".join(["make load", *words, f'ARGS="{"--rest " if arguments.rest else ""}--write"'])


if __name__ == "__main__":
    sys.exit(main())
