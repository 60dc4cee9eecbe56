"""Opens pools for tests, and closes them whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.config.sections import Database as Section
from app.storing.pools import Pools

Opener = Callable[..., Awaitable[Pools]]


@pytest.fixture
async def open_pools(tmp_path: Path) -> AsyncIterator[Opener]:
    """`await open_pools(url, "cart", "orders")`: opened pools for these modules."""
    async with AsyncExitStack() as stack:

        async def opened(url: str, *modules: str, tell: Any = None, **options: Any) -> Pools:
            settings = {
                key: options.pop(key) for key in ("pool_size", "max_overflow", "connect_timeout") if key in options
            }
            options.setdefault("migrations", lambda _: None)
            pools = Pools(Section(url=url, **settings), tmp_path / "data", tell=tell, **options)
            for module in modules:
                pools.database(module)
            stack.push_async_callback(pools.close)
            await pools.open()
            return pools

        yield opened
