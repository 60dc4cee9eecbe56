"""The pools of a process: one for each database, shared by the modules placed here, opened first and closed last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from ..config.sections import Database as Section
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.storing import MigrationsPending
from ..telling.steps import Migrated, MigrationsAhead, RightsShared, Teller
from .address import Address, address_of, bad_url, name_in_database
from .database import Database
from .migrations import role_standing, standing, upgrade
from .pool import Pool
from .replica import PAUSE, Replica
from .revisions import migrations_of
from .trouble import DatabaseUnavailable

T = TypeVar("T")


class Pools:
    """Hands out each module's Database; SQLAlchemy is imported by `open`, and only where somebody asked for one.

    section: the configuration's. data_dir: where SQLite files lie. migrate: apply pending migrations on open to a
    database that is in use, too, instead of refusing; a new one gets them unless the section says never.
    within: seconds for `open` to connect and to look around; migrations take what they need.
    migrations: a module's folder of migrations; by default the one in its package. pause: seconds between two looks at
    whether a lost replica is back.
    """

    def __init__(
        self,
        section: Section,
        data_dir: Path,
        *,
        tell: Teller | None = None,
        migrate: bool = True,
        within: float | None = None,
        migrations: Callable[[str], Path | None] = migrations_of,
        pause: float = PAUSE,
    ) -> None:
        self._section = section
        self._data_dir = data_dir
        self._tell = tell or Teller()
        self._migrate = migrate
        self._within = within
        self._migrations = migrations
        self._pause = pause
        self._pools: dict[Address, Pool] = {}
        self._replicas: dict[Address, Replica] = {}
        self._databases: dict[str, tuple[Database, Pool]] = {}

    @property
    def modules(self) -> tuple[str, ...]:
        """Those that asked for a Database."""
        return tuple(self._databases)

    def database(self, module: str) -> Database:
        """The module's own, connecting to nothing yet. Raises Refused(BadDatabaseUrl)."""
        if module not in self._databases:
            address = address_of(module, self._section.url, self._data_dir)
            pool = self._pools.get(address)
            if pool is None:
                pool = self._pools[address] = self._pool(address)
            pool.modules.append(module)
            self._databases[module] = Database(module, pool, self._replica(module, pool)), pool
        return self._databases[module][0]

    def _replica(self, module: str, pool: Pool) -> Replica | None:
        url = self._section.replica_url
        if not url:
            return None
        key = "database.replica_url"
        address = address_of(module, url, self._data_dir, key)
        if address.kind != pool.kind:
            raise bad_url(key, url, f"and database.url leads to {pool.kind}, of which that is no copy")
        replica = self._replicas.get(address)
        if replica is None:
            replica = self._replicas[address] = Replica(self._pool(address, replica=True), pause=self._pause)
        replica.pool.modules.append(name_in_database(module))
        return replica

    def _pool(self, address: Address, *, replica: bool = False) -> Pool:
        return Pool(
            address,
            size=self._section.pool_size,
            overflow=self._section.max_overflow,
            timeout=self._section.connect_timeout,
            tell=self._tell,
            replica=replica,
        )

    async def open(self) -> None:
        """Connect every pool and bring its tables to where the code expects them.

        Raises Refused with everything that is wrong, within `connect_timeout` where the database is unreachable;
        nothing stays open then.
        """
        try:
            await _all(self._in_time(pool, pool.open()) for pool in self._pools.values())
            await _all(self._settle(module, pool) for module, (_, pool) in self._databases.items())
            await asyncio.gather(*(replica.open() for replica in self._replicas.values()))
        except BaseException:
            await self.close()
            raise
        for pool in self._pools.values():
            shared = tuple(module for module in pool.modules if name_in_database(module) not in pool.roles)
            if shared and pool.kind == "postgresql":
                self._tell(RightsShared(url=pool.address.shown, modules=shared))

    async def close(self) -> None:
        """Close every pool. `open` may follow."""
        await asyncio.gather(*(replica.close() for replica in self._replicas.values()))
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))

    async def troubles(self) -> Mapping[str, str]:
        """Module -> why its database cannot be used now; empty where all is well. For readiness."""
        found: dict[str, str] = {}
        for module, (database, _) in self._databases.items():
            try:
                await database.ping()
            except DatabaseUnavailable as error:
                found[module] = error.text
        return found

    async def _in_time(self, pool: Pool, work: Coroutine[Any, Any, T]) -> T:
        try:
            async with asyncio.timeout(self._within if pool.kind == "postgresql" else None):  # a file keeps to its own
                return await work
        except TimeoutError as error:
            raise pool.unreachable(error) from None

    async def _settle(self, module: str, pool: Pool) -> None:
        folder = self._migrations(module)
        role = await self._in_time(pool, role_standing(module, pool))
        stand = await self._in_time(pool, standing(module, pool, folder))
        due = stand.pending and (self._migrate or (stand.current is None and self._section.migrate != "never"))
        if stand.ahead:  # old code during a rollout; whether it can live with the newer tables is its authors' promise
            self._tell(MigrationsAhead(module=module, current=stand.current or "", head=stand.head or ""))
        elif due:
            began = monotonic()
            await upgrade(module, pool, folder)
            self._tell(Migrated(module=module, before=stand.current or "", after=stand.head or "",
                                seconds=monotonic() - began))  # fmt: skip
        elif stand.pending:
            revisions = tuple(revision.name for revision in stand.pending)
            raise Refused([MigrationsPending(module=module, url=stand.url, revisions=revisions)])
        unmade = role is not None and (not role.has_schema or (role.possible and not role.in_force))
        if unmade and not due and self._section.migrate != "never":
            await upgrade(module, pool, None)  # the schema alone, with the role that owns it


async def _all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of it, however many refuse; their refusals come together."""
    refusals: list[Refusal] = []
    for error in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(error, Refused):
            refusals += error.refusals
        elif error is not None:
            raise error
    if refusals:
        raise Refused(refusals)
