"""`pangaea contracts`: the committed .proto files, which lock the numbers of the wire."""

from __future__ import annotations

import os
from pathlib import Path

import rich_click as click

from ..options import json_option, project, root_option


@click.group("contracts", short_help="Write, check or import .proto files.", invoke_without_command=True)
@click.option("--check", is_flag=True, help="Write nothing: fail where a file is not what the code says, or breaks.")
@click.option("--against", default="", metavar="REF", help="With --check: a git ref instead of main or the last tag.")
@json_option
@root_option
@click.pass_context
def command(ctx: click.Context, check: bool, against: str, as_json: bool, root: Path | None) -> int:
    """Write the contract.proto of every contract, or check them.

    A field that is in the file keeps its number wherever it stands in the class; new ones take the next free number;
    what was removed becomes reserved.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    if against and not check:
        raise click.UsageError("--against goes with --check", ctx)
    return _check(root, against, as_json) if check else _write(root, as_json)


def _write(root: Path | None, as_json: bool) -> int:
    from ..contracts import write
    from ..output import put_json

    folder = project(root).root
    written = write(folder)
    if as_json:
        facts = {"changed": written.changed, "unchanged": written.unchanged, "removed": written.removed}
        put_json({name: [_shown(path, folder) for path in paths] for name, paths in facts.items()})
        return 0
    for path in written.changed:
        print(f"wrote {_shown(path, folder)}")
    for path in written.removed:
        print(f"removed {_shown(path, folder)}")
    if not (written.changed or written.removed):
        print(f"nothing to do: {len(written.unchanged)} files are what the code says")
    return 0


def _check(root: Path | None, against: str, as_json: bool) -> int:
    from ..contracts import check
    from ..output import put_json

    folder = project(root).root
    held = check(folder, against)
    if as_json:
        files = [_shown(path, folder) for path in held.files]
        put_json({"ok": True, "files": files, "against": held.against, "note": held.note})
        return 0
    print(f"{len(held.files)} files are what the code says")
    print(held.note or f"nothing breaks what {held.against} has")
    return 0


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", metavar="NAME", help="The module's name; by default the file's.")
@click.option("-I", "--include", "includes", multiple=True, help="A folder in which its imports are looked for.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--replace", is_flag=True, help="Overwrite the contract that is there.")
@root_option
def import_(file: Path, into: str | None, includes: tuple[Path, ...], replace: bool, root: Path | None) -> int:
    """Make a contract of somebody else's .proto FILE, its names and numbers kept."""
    from ..foreign import import_proto
    from ..scaffold import check_name

    folder = project(root).root
    name = check_name(into or file.stem.replace("-", "_").lower())
    made = import_proto(file, folder / "modules" / name, includes, replace=replace)
    (made.contract.parent / "__init__.py").touch()
    for path in (made.contract, *made.locks):
        print(f"wrote {_shown(path, folder)}")
    print(f"services: {', '.join(made.services)}; let a topology answer them under [topologies.<name>.external.{name}]")
    return 0


def _shown(path: Path, root: Path) -> str:
    return os.path.relpath(path, root)
