"""In which way a connection is used: for statements that stand alone, or so that nothing can be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from .roles import seeing
from .trouble import is_starting

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


async def connect_once(engine: AsyncEngine) -> None:
    """Connect and let go; a server that is still starting is waited for."""
    while True:
        try:
            async with engine.connect():
                return
        except Exception as error:
            if not is_starting(error):
                raise
        await asyncio.sleep(0.1)


def prepare(connection: Connection, schema: str, role: str | None, *, alone: bool) -> None:
    """From here on unqualified names mean the schema's tables, and its role's rights count; a PostgreSQL connection
    remembers that, so it is mostly free. alone: each statement stands for itself."""
    from sqlalchemy.util import await_

    from .engines import READING, SCHEMA, SEEN

    if connection.dialect.name == "sqlite":
        if alone:
            connection.execution_options(**{READING: True})
        return
    raw: Any = connection.connection
    wanted = schema, role
    if raw.info.get(SEEN) != wanted:
        raw.info[SEEN] = None  # whatever happens now, nobody takes it for what it was
        await_(raw.driver_connection.execute("; ".join(seeing(*wanted))))  # one round trip
        raw.info[SEEN] = wanted
    connection.execution_options(**{SCHEMA: schema}, **({"isolation_level": "AUTOCOMMIT"} if alone else {}))


@asynccontextmanager
async def guarded(connection: AsyncConnection, kind: str) -> AsyncGenerator[None]:
    """The primary as a replica would be: nothing can be written."""
    if kind == "postgresql":
        await connection.execution_options(postgresql_readonly=True)  # until it goes back to the pool
        yield
        return
    from .engines import GUARDED

    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    await connection.execution_options(**{GUARDED: True})
    await (await driver.execute("PRAGMA query_only = ON")).close()
    try:
        yield
    finally:
        await (await driver.execute("PRAGMA query_only = OFF")).close()
