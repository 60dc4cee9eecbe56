"""A contract's REST route beside the same route written in bare Litestar, both under the same server on one loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import uvicorn
from litestar import Litestar, get
from litestar.exceptions import NotFoundException

from modules.catalog.contract import Product
from modules.catalog.settings import CatalogSettings
from modules.catalog.storage import read_shelf

from ..load.child import Child, child
from ..row import Budget, Row, Side
from ..shop import PRODUCT, address, shop

SECONDS = 0.6
"""Of load for each sample."""
CONNECTIONS = 16


@asynccontextmanager
async def rest_route() -> AsyncGenerator[Row]:
    """Answers a second under as much load as one process can put on it."""
    async with shop() as host, bare_litestar() as bare, child("benchmarks.load.requests") as caller:
        sides = [
            Side("ours", lambda: _rate(caller, *address(host, "http"))),
            Side("bare Litestar", lambda: _rate(caller, *bare)),
        ]
        note = f"GET /api/products/{{id}}, {CONNECTIONS} connections from another process, uvicorn on uvloop for both."
        yield Row("REST route", "answers/s", sides, [Budget(0.9, ratio=True, least=True)], 15, note)


async def _rate(caller: Child, host: str, port: int) -> float:
    path = f"/api/products/{PRODUCT}"
    said = await caller.ask(host=host, port=port, path=path, connections=CONNECTIONS, seconds=SECONDS)
    if said["failed"] or not said["rate"]:
        raise RuntimeError(f"GET {path}: {said['failed'] or 'no answer'}")
    return float(said["rate"])


@asynccontextmanager
async def bare_litestar() -> AsyncGenerator[tuple[str, int]]:
    """The route as one would write it without the house: host and port."""
    shelf = read_shelf(CatalogSettings())

    @get("/api/products/{id:str}")
    async def get_product(id: str) -> Product:
        product = shelf.find(id)
        if product is None:
            raise NotFoundException(f"no product with ID {id}")
        return product

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(Litestar([get_product]), log_config=None, access_log=False, lifespan="off")
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            await serving


class QuietServer(uvicorn.Server):
    """Leaves signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


ROWS = {"rest": rest_route}
