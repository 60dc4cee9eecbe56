"""`pangaea new module NAME`: a module to begin with."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ..options import project, root_option


@click.group("new", short_help="Write a new module.")
def command() -> None:
    """Begin something new."""


@command.command("module")
@click.argument("name")
@click.option("--file", "one_file", is_flag=True, help="One file, modules/NAME.py, instead of a package.")
@root_option
def module(name: str, one_file: bool, root: Path | None) -> int:
    """Write a module that answers one query, with its test; it runs at once."""
    from ..scaffold import new_module, unplaced

    found = project(root)
    written = new_module(found, name, one_file=one_file)
    for path in written:
        print(f"wrote {path.relative_to(found.root)}")
    test = next(path for path in written if path.name.startswith("test_"))
    contract = "".join(part.capitalize() for part in name.split("_"))
    print(f"\ntest it: pytest {test.relative_to(found.root)}")
    print(f"run it:  pangaea run, then pangaea call {contract}.greet name=Ada")
    for topology in unplaced(found, name):
        print(f"place it in {topology}: pangaea split {name} --into {name} --topology {topology}")
    return 0
