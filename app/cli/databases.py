"""Which modules keep something in a database, and how far each one's is; no host is started for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..telling.refusals import Refused

if TYPE_CHECKING:
    from ..host.project import Project
    from ..storing.migrations import Standing
    from ..storing.pools import Pools

BRIEFLY = 0.5
"""Seconds that a look in passing waits for a server."""


def pools_of(project: Project, modules: Iterable[str], *, briefly: bool = False) -> Pools:
    """The pools of some modules' databases, not opened. Raises Refused(BadDatabaseUrl)."""
    from ..storing.pools import Pools

    config = project.config()
    section = replace(config.database, replica_url="", pool_size=1)
    if briefly:
        section = replace(section, connect_timeout=min(BRIEFLY, section.connect_timeout))
    pools = Pools(
        section, config.data_dir, within=section.connect_timeout, migrations=lambda name: folder_of(project, name)
    )
    for module in modules:
        pools.database(module)
    return pools


def keepers(project: Project) -> tuple[str, ...]:
    """The modules that have migrations or ask for a Database, children of modules included."""
    names: dict[str, None] = {}
    for name in project.found.names:
        names |= dict.fromkeys((name,) if folder_of(project, name) else _asking(project, name))
    return tuple(names)


def migrating(project: Project) -> tuple[str, ...]:
    """The modules that have migrations; imports nothing."""
    return tuple(name for name in project.found.names if folder_of(project, name))


def folder_of(project: Project, module: str) -> Path | None:
    """The folder of a module's migrations; None where it has none."""
    folder = project.root / "modules" / module / "migrations"
    return folder if folder.is_dir() else None


async def standings(pools: Pools) -> tuple[Standing, ...]:
    """How far each database is; the pools are closed afterwards."""
    from ..storing.surveying import survey

    try:
        return await survey(pools)
    finally:
        await pools.close()


def pending_lines(project: Project) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Module -> what its database has not seen, as far as that can be found out in passing: where something is pending
    on a database that is in use and answers at once."""
    import asyncio

    try:
        pools = pools_of(project, migrating(project), briefly=True)
        if not pools.modules:
            return ()
        found = asyncio.run(standings(pools))
    except Refused:
        return ()  # `pangaea db status` and a start tell what is wrong
    return [(one.module, tuple(step.name for step in one.pending)) for one in found if one.current and one.pending]


def _asking(project: Project, module: str) -> tuple[str, ...]:
    from ..storing.database import Database
    from ..telling.logger import Logger
    from ..wiring.graph import Offers, read

    try:
        offers = Offers(per_module={Logger: str, Database: str}, known=lambda contract: True)
        graph = read([project.found.load(module)], offers)
    except Refused:
        return ()  # `pangaea check` tells what is wrong with it
    return tuple(node.module for node in graph.order if node.key is Database)
