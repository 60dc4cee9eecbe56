"""`pangaea split`: a module gets a process of its own."""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ..options import project, root_option

if TYPE_CHECKING:
    from ..splitting import Split


@click.command("split", short_help="Give a module a process of its own.")
@click.argument("module")
@click.option(
    "--into", required=True, metavar="PROCESS", help="The process that runs it from now on; a new one is made."
)
@click.option("-t", "--topology", default="", metavar="NAME",
              help="The plan to change; one that is not there is begun as a copy. By default `split`.")  # fmt: skip
@click.option(
    "--from", "base", default="", metavar="NAME", help="What a new plan is copied from; by default the default."
)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@root_option
def command(module: str, into: str, topology: str, base: str, dry_run: bool, root: Path | None) -> int:
    """Let MODULE run in another process: edits config/topologies.toml and shows the difference.

    The modules stay as they are, and the doors to the outside stay where they were.
    """
    from ..output import note
    from ..splitting import split

    found = project(root)
    changed = split(found, module, into, topology, base)
    if changed.after == changed.before:
        print(f"nothing to do: {module} runs in {into} of topology {changed.topology} already")
        return 0
    print(_difference(changed, found.root))
    if dry_run:
        note("nothing is written (--dry-run)")
        return 0
    changed.file.write_text(changed.after, "utf-8")
    print(f"try it: pangaea check && pangaea up --topology {changed.topology}")
    return 0


def _difference(changed: Split, root: Path) -> str:
    from ...observing.console import CYAN, GREEN, RED, Console
    from ...observing.logs import wants_colours

    console = Console(wants_colours(sys.stdout.isatty()))
    colours = {"+": GREEN, "-": RED, "@": CYAN}
    name = os.path.relpath(changed.file, root)
    before, after = changed.before.splitlines(), changed.after.splitlines()
    lines = difflib.unified_diff(before, after, f"{name} before", f"{name} after", lineterm="")
    return "\n".join(console.paint(line, colours[line[0]]) if line[:1] in colours else line for line in lines)
