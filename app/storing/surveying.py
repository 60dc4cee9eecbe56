"""Looks at every module's database and migrates it, for people at a command line: nothing else is opened or started."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..telling.refusals import Refused
from ..telling.refusals.storing import DatabaseUnreachable
from .migrations import Standing, role_standing, standing, upgrade
from .revisions import read_revisions
from .trouble import said

if TYPE_CHECKING:
    from .pool import Pool
    from .pools import Pools


async def survey(pools: Pools) -> tuple[Standing, ...]:
    """How far each module's database is, or why it cannot be asked. Makes nothing; pools that it opens stay open.

    Raises Refused(BrokenMigrations).
    """
    for module in pools.modules:  # what is wrong with the files is wrong whether a database answers or not
        if (folder := pools._migrations(module)) is not None:
            read_revisions(module, folder)
    opened: dict[Pool, str] = dict(
        await asyncio.gather(*(_open(pools, pool) for pool in pools._pools.values() if _is_there(pool)))
    )
    return tuple(await asyncio.gather(*(_look(pools, opened, module) for module in pools.modules)))


async def migrate(pools: Pools, stand: Standing) -> None:
    """Apply what is pending to the module of a survey, and make what else is missing. Raises Refused(MigrationFailed)."""
    _, pool = pools._databases[stand.module]
    await pool.open()
    await upgrade(stand.module, pool, pools._migrations(stand.module) if stand.pending else None)


def _is_there(pool: Pool) -> bool:
    return pool.kind == "postgresql" or Path(pool.address.where).exists()


async def _open(pools: Pools, pool: Pool) -> tuple[Pool, str]:
    try:
        await pools._in_time(pool, pool.open())
    except Refused as refused:
        return pool, "; ".join(
            refusal.why if isinstance(refusal, DatabaseUnreachable) else refusal.says() for refusal in refused.refusals
        )
    return pool, ""


async def _look(pools: Pools, opened: Mapping[Pool, str], module: str) -> Standing:
    _, pool = pools._databases[module]
    folder = pools._migrations(module)
    revisions = read_revisions(module, folder) if folder is not None else ()
    head = revisions[-1].name if revisions else None
    trouble = opened.get(pool)
    if trouble is None:  # no file yet
        return Standing(module, pool.address.shown, None, head, revisions)
    if not trouble:
        try:
            role = await pools._in_time(pool, role_standing(module, pool))
            found = await pools._in_time(pool, standing(module, pool, folder))
        except Refused as refused:  # out of time, or not granted
            trouble = "; ".join(getattr(refusal, "why", refusal.says()) for refusal in refused.refusals)
        except Exception as error:
            trouble = said(error, pool.address.where)
        else:
            unmade = role is not None and (not role.has_schema or (role.possible and not role.in_force))
            return Standing(module, found.url, found.current, head, found.pending, found.ahead, unmade)
    return Standing(module, pool.address.shown, None, head, (), trouble=trouble)
