"""Opens pools for tests, and closes them whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.config.sections import Database as Section
from app.storing.pools import Pools

Opener = Callable[..., Awaitable[Pools]]


@pytest.fixture
async def open_pools(tmp_path: Path) -> AsyncIterator[Opener]:
    """`await open_pools(url, "cart", "orders")`: opened pools for these modules; `section` is more of the settings."""
    async with AsyncExitStack() as stack:

        async def opened(url: str, *modules: str, section: Mapping[str, Any] | None = None, **options: Any) -> Pools:
            options.setdefault("migrations", lambda _: None)
            pools = Pools(Section(url=url, **(section or {})), tmp_path / "data", **options)
            for module in modules:
                pools.database(module)
            stack.push_async_callback(pools.close)
            await pools.open()
            return pools

        yield opened
