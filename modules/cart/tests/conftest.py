"""The store of carts on either database, opened by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.config.sections import Database as Section
from app.storing.pools import Pools
from modules.cart.settings import CartSettings
from modules.cart.storage import CartStore


@pytest.fixture
async def pools(database_url: str, tmp_path: Path) -> AsyncIterator[Pools]:
    pools = Pools(Section(url=database_url, connect_timeout=60.0), tmp_path)
    pools.database("cart")
    await pools.open()
    yield pools
    await pools.close()


@pytest.fixture
def store(pools: Pools) -> CartStore:
    return CartStore(pools.database("cart"), CartSettings(max_lines=3, max_stored=1500))
