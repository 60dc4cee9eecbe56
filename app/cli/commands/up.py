"""`pangaea up`: all processes of a topology on this machine."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ..options import config_options, project, topology_option


@click.command("up", short_help="Run all processes of a topology, supervised.")
@topology_option
@config_options
def command(topology: str, root: Path | None, environment: str | None, sets: tuple[str, ...]) -> int:
    """Run every process of a topology under a supervisor.

    What crashes is started again; Ctrl-C stops all, edges first; a second one kills what is left.
    """
    import asyncio

    from ..together import Together

    together = Together(project(root, environment, sets), topology)
    together.prove()  # before there is a loop: what is imported here can be interrupted
    return asyncio.run(together.up())
