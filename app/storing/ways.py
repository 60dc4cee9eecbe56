"""In which way a connection is used: for statements that stand alone, or so that nothing can be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .trouble import is_starting

if TYPE_CHECKING:
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


async def stand_alone(connection: AsyncConnection, kind: str) -> None:
    """Each statement stands for itself."""
    if kind == "sqlite":
        from .engines import READING

        await connection.execution_options(**{READING: True})
    else:
        await connection.execution_options(isolation_level="AUTOCOMMIT")


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
