"""`pangaea dev`: like `up`, restarting whenever a file changes."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ..options import config_options, project, topology_option


@click.command("dev", short_help="Like up, starting anew on every change.")
@topology_option
@config_options
def command(topology: str, root: Path | None, environment: str | None, sets: tuple[str, ...]) -> int:
    """Run a topology and start it anew whenever a file of the project changes.

    A broken edit shows its refusal and waits for the next one.
    """
    import asyncio

    from ..together import Together

    return asyncio.run(Together(project(root, environment, sets), topology).dev())
