"""A contract's gRPC method beside a bare grpc.aio handler with generated code, with the same deadline and metadata."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import grpc

from modules.catalog.settings import CatalogSettings
from modules.catalog.storage import read_shelf

from ..load.calls import CALLERS, SERVICE, hammer
from ..load.child import child
from ..row import Budget, CannotMeasure, Row, Sample, Side
from ..shop import PRODUCT, address, shop

CALLS = 1500
"""A sample of the one-loop row."""
SECONDS = 0.8
"""Of load for each sample of the other row."""


@asynccontextmanager
async def one_loop() -> AsyncGenerator[Row]:
    """Callers and both servers on this loop, so that every microsecond of any of them shows."""
    async with shop() as host, bare_server() as (bare, request):
        sides = [
            Side("ours", _here("{}:{}".format(*address(host, "grpc")), request)),
            Side("bare grpc.aio", _here(bare, request)),
        ]
        note = f"{CALLERS} callers on the loop of the servers, each with a deadline and a traceparent."
        yield Row("gRPC face", "calls/s", sides, [Budget(0.9, ratio=True, least=True)], 15, note)


@asynccontextmanager
async def other_process() -> AsyncGenerator[Row]:
    """Callers in another process: the server's share alone."""
    async with shop() as host, bare_server() as (bare, request), child("benchmarks.load.calls") as caller:

        def side(name: str, target: str) -> Side:
            async def sample() -> float:
                return float(await caller.ask(target=target, request=request.hex(), seconds=SECONDS))

            return Side(name, sample)

        sides = [side("ours", "{}:{}".format(*address(host, "grpc"))), side("bare grpc.aio", bare)]
        yield Row("gRPC face, called from another process", "calls/s", sides, rounds=15)


def _here(target: str, request: bytes) -> Sample:
    async def sample() -> float:
        async with grpc.aio.insecure_channel(target) as channel:
            await hammer(channel, request, CALLERS)  # connect
            began = perf_counter()
            await hammer(channel, request, CALLS)
            return CALLS / (perf_counter() - began)

    return sample


@asynccontextmanager
async def bare_server() -> AsyncGenerator[tuple[str, bytes]]:
    """The same service by hand on generated code: its address, and a request's bytes."""
    shelf = read_shelf(CatalogSettings())
    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
        generated = _generated(Path(folder))

    async def get_product(request: Any, context: Any) -> Any:
        context.time_remaining()
        context.invocation_metadata()
        product = shelf.find(request.id)
        if product is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no product with ID {request.id}")
            return None  # never reached: abort raises
        price = product.price_usd
        return generated.Product(
            id=product.id,
            name=product.name,
            description=product.description,
            picture=product.picture,
            price_usd=generated.Money(currency_code=price.currency_code, units=price.units, nanos=price.nanos),
            categories=product.categories,
        )

    method = grpc.unary_unary_rpc_method_handler(
        get_product, generated.GetProductRequest.FromString, generated.Product.SerializeToString
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {"GetProduct": method})])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}", generated.GetProductRequest(id=PRODUCT).SerializeToString()
    finally:
        await server.stop(0)


def _generated(folder: Path) -> Any:
    """What protoc makes of the messages that the method needs, in one file of its own package."""
    from grpc_tools import protoc

    source = folder / "bare_catalog.proto"
    source.write_text((Path(__file__).parents[1] / "load" / "bare_catalog.proto").read_text())
    include = Path(protoc.__file__).parent / "_proto"
    if protoc.main(["protoc", f"-I{folder}", f"-I{include}", f"--python_out={folder}", str(source)]):
        raise CannotMeasure("protoc of grpcio-tools could not read the catalogue's messages.")
    spec = importlib.util.spec_from_file_location("bare_catalog_pb2", folder / "bare_catalog_pb2.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ROWS = {"grpc": one_loop, "grpc-process": other_process}
