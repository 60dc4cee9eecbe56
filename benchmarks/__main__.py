"""`python -m benchmarks [words…] [--rounds N]`: measure the rows whose name has one of the words; all without any."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from . import machine
from .report import cells, markdown
from .results import RESULTS, keep_load
from .rounds import measure
from .row import CannotMeasure, LeftOut, Measured, Setup
from .rows import ROWS


def main() -> int:
    """Measure, show, write. Exits 0 whatever the figures say; 1 when a row broke; 2 for words that name no row."""
    arguments = _read(sys.argv[1:])
    chosen = {name: row for name, row in ROWS.items() if _named(name, arguments.words)}
    if not chosen:
        print(f"no row is called like that; there are: {', '.join(ROWS)}", file=sys.stderr)
        return 2
    # What is measured is a warm start; children must be able to leave bytecode behind.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ |= {"GRPC_ENABLE_FORK_SUPPORT": "0", "GRPC_VERBOSITY": "ERROR"}  # children are spawned beside servers
    facts = machine.facts()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the loop that hosts run on
        results = runner.run(run(chosen, arguments.rounds))
    if chosen.keys() == ROWS.keys():
        keep_load(markdown(_command(), facts, arguments.rounds, results))
        print(f"written: {os.path.relpath(RESULTS)}")
    return int(any(isinstance(one, LeftOut) and one.broke for one in results))


async def run(rows: dict[str, Setup], rounds: int | None) -> list[Measured | LeftOut]:
    """Measure rows one after the other, with a bar for each."""
    console = Console()
    results: list[Measured | LeftOut] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        whole = progress.add_task("all rows", total=len(rows))
        for name, setup in rows.items():
            task = progress.add_task(name, total=None)
            try:
                async with setup() as row:
                    count = rounds or row.rounds
                    progress.update(task, description=row.title, total=(count + 1) * len(row.sides))
                    result = await measure(row, count, lambda task=task: progress.advance(task))
            except CannotMeasure as reason:
                results.append(LeftOut(name, str(reason)))
                progress.console.print(f"[bold]{name}[/]\n  left out: {reason}", highlight=False)
            except Exception as error:  # the other rows are worth having
                results.append(LeftOut(name, f"broke: {type(error).__name__}: {error}", broke=True))
                progress.console.print_exception()
            else:
                results.append(result)
                progress.console.print(*_line(result), sep="\n", highlight=False)
            progress.remove_task(task)
            progress.advance(whole)
    return results


def _line(result: Measured) -> tuple[str, str]:
    title, ours, _, bare, ratio, budget, verdict = cells(result)
    colour = {"met": "green", "": "default"}.get(verdict, "red")
    return f"[bold]{title}[/]", f"  {ours}; {bare}; {ratio} (budget {budget}) [{colour}]{verdict.strip('*')}[/]"


def _read(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("words", nargs="*", help=f"of: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=None, help="samples of each side; by default each row's own")
    return parser.parse_args(given)


def _named(name: str, words: Sequence[str]) -> bool:
    return not words or any(word in name for word in words)


def _command() -> str:
    return " ".join(["make bench", *([f'ARGS="{" ".join(sys.argv[1:])}"'] if sys.argv[1:] else [])])


if __name__ == "__main__":
    sys.exit(main())
