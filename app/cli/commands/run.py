"""`pangaea run`: one process."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ..options import config_options, topology_option
from ..quick import RunOptions
from ..quick import run as run_process


@click.command("run", short_help="Run one process of a topology.")
@topology_option
@click.option(
    "-p",
    "--process",
    metavar="NAME",
    help="A process of the topology; by default PANGAEA_PROCESS, and not needed where there is only one.",
)
@config_options
def command(
    topology: str, process: str | None, root: Path | None, environment: str | None, sets: tuple[str, ...]
) -> int:
    """Run one process of a topology until it is told to stop.

    SIGTERM and Ctrl-C drain it; a second one forces it to leave.
    """
    return run_process(RunOptions(topology, process, environment, root, list(sets)))
