"""Several processes keep carts in one database, as replicas do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.storing.pools import Pools
from modules.cart.contract import CartItem
from modules.cart.storage import CartStore

_REPLICA = """
import asyncio, sys
from pathlib import Path
from app.config.sections import Database
from app.storing.pools import Pools
from modules.cart.contract import CartItem
from modules.cart.settings import CartSettings
from modules.cart.storage import CartStore

async def main(url):
    pools = Pools(Database(url=url, connect_timeout=60.0), Path("unused"))
    store = CartStore(pools.database("cart"), CartSettings())
    await pools.open()
    await asyncio.gather(*(store.add("ann", CartItem(f"p{n % 3}", 1)) for n in range(60)))
    await pools.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_no_addition_is_lost_between_processes(pools: Pools, store: CartStore, database_url: str) -> None:
    command = [sys.executable, "-c", _REPLICA, database_url]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    replicas = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: ASYNC220  # nothing waits
        for _ in range(3)
    ]
    for replica in replicas:
        _, errors = replica.communicate(timeout=60)
        assert replica.returncode == 0, errors
    assert set(await store.items("ann")) == {CartItem(f"p{n}", 60) for n in range(3)}
