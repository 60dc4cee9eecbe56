"""`pangaea db`: how far the modules' databases are, what brings them further, and the next migration."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from ..options import config_options, json_option, project, root_option

if TYPE_CHECKING:
    from ...host.project import Project
    from ...storing.migrations import Standing
    from ...storing.pools import Pools


@click.group("db", short_help="Look at databases, migrate them, write migrations.")
def command() -> None:
    """The databases of the modules."""


@command.command("status")
@click.argument("modules", nargs=-1)
@json_option
@config_options
def status(
    modules: tuple[str, ...], as_json: bool, root: Path | None, environment: str | None, sets: tuple[str, ...]
) -> int:
    """Show how far the database of every module is, or of MODULES: its revision, the code's, and what is pending."""
    from .. import FAILED, OK
    from ..databases import pools_of, standings
    from ..output import put_json, table

    found = project(root, environment, sets)
    stands = asyncio.run(standings(pools_of(found, _chosen(found, modules))))
    well = not any(stand.trouble for stand in stands)
    if as_json:
        put_json({"ok": well, "modules": {stand.module: _facts(stand) for stand in stands}})
    elif not stands:
        print("no module keeps anything in a database")
    else:
        rows = [(s.module, _shown(s.url, found.root), s.current or "-", s.head or "-", _left(s)) for s in stands]
        table(("module", "database", "revision", "code", "pending"), rows)
    return OK if well else FAILED


@command.command("upgrade")
@click.argument("modules", nargs=-1)
@config_options
def upgrade(modules: tuple[str, ...], root: Path | None, environment: str | None, sets: tuple[str, ...]) -> int:
    """Apply the pending migrations of every module, or of MODULES; of each module all or none.

    Whoever else migrates the same database meanwhile is waited for. What fails does not keep the others back.
    """
    from .. import FAILED, OK
    from ..databases import pools_of

    found = project(root, environment, sets)
    return OK if asyncio.run(_upgrade(pools_of(found, _chosen(found, modules)))) else FAILED


@command.command("revision")
@click.argument("module")
@click.option("-m", "--message", required=True, metavar="TEXT", help="What it does; names the file, too.")
@click.option("--autogenerate", is_flag=True, help="Fill it with what the module's tables lack; needs no database.")
@root_option
def revision(module: str, message: str, autogenerate: bool, root: Path | None) -> int:
    """Write the next migration of MODULE."""
    from ...storing.authoring import next_revision, write
    from ..databases import folder_of

    found = project(root)
    _known(found, module)
    package = found.root / "modules" / module
    folder = folder_of(found, module)
    changes = None
    if autogenerate:
        from ...storing.comparing import changes_of, metadata_of

        changes = asyncio.run(changes_of(module, folder, metadata_of(module, package)))
        if changes is None:
            print(f"nothing to do: the tables of {module} are what its migrations make")
            return 0
    file = write(next_revision(module, package, message), changes)
    _format(file)
    print(f"wrote {_shown(str(file), found.root)}")
    print(f"apply it: pangaea db upgrade {module}")
    return 0


async def _upgrade(pools: Pools) -> bool:
    from ...storing.surveying import survey
    from ...telling.refusals import Refused
    from ..output import note, show_refused

    well = True
    current: list[str] = []
    try:
        for stand in await survey(pools):
            if stand.trouble:
                note(f"{stand.module}: {stand.url} is unreachable: {stand.trouble}")
                well = False
            elif stand.ahead:
                current.append(stand.module)
                note(f"{stand.module}: is at {stand.current}, which this code does not know; left as it is")
            else:
                try:
                    done = await _apply(pools, stand)
                except Refused as refused:
                    show_refused(refused)
                    well = False
                else:
                    current += [] if done else [stand.module]
    finally:
        await pools.close()
    if well and len(current) == len(pools.modules):
        print("nothing to do: all migrations are applied")
    return well


async def _apply(pools: Pools, stand: Standing) -> bool:
    """Whether anything was pending."""
    from time import monotonic

    from ...storing.surveying import migrate
    from ..output import note

    if not stand.pending:
        if stand.unmade:
            await migrate(pools, stand)
        return False
    note(f"{stand.module}: " + ", ".join(f"{step.name} {step.doc}".strip() for step in stand.pending))
    began = monotonic()
    await migrate(pools, stand)
    print(f"{stand.module}: {stand.current or 'new'} → {stand.head}, {monotonic() - began:.2f} s")
    return True


def _format(file: Path) -> None:
    """As the project has its code, where its formatter is at hand."""
    import subprocess
    import sys
    from importlib.util import find_spec

    if find_spec("ruff") is not None:
        for work in (["format"], ["check", "--select", "I", "--fix"]):
            subprocess.run([sys.executable, "-m", "ruff", *work, "-q", str(file)], check=False, capture_output=True)


def _chosen(found: Project, modules: tuple[str, ...]) -> tuple[str, ...]:
    """The modules that are asked about; without any all that keep something."""
    from ..databases import keepers

    for module in modules:
        _known(found, module)
    keeping = keepers(found)
    for module in modules:
        if module not in keeping:
            raise click.UsageError(
                f"`{module}` keeps nothing in a database: it has no migrations and asks for no Database"
            )
    return tuple(dict.fromkeys(modules)) or keeping


def _known(found: Project, module: str) -> None:
    from ..program import unknown

    if module not in found.found.names:
        raise click.UsageError(unknown("module", module, found.found.names))


def _left(stand: Standing) -> str:
    if stand.trouble:
        return f"unreachable: {stand.trouble}"
    if stand.ahead:
        return "ahead: newer code has been here"
    return ", ".join(step.name for step in stand.pending) or "-"


def _facts(stand: Standing) -> dict[str, Any]:
    return {
        "database": stand.url,
        "revision": stand.current,
        "code": stand.head,
        "pending": [step.name for step in stand.pending],
        "ahead": stand.ahead,
        "unreachable": stand.trouble or None,
    }


def _shown(path: str, root: Path) -> str:
    return path.removeprefix(f"{root}/")
