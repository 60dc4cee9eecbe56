"""A service without the house: the same libraries, imported and serving by hand. `python -m benchmarks.load.bare grpc
litestar sqlalchemy` starts those named, writes the ready line as a host does, and stays until SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Generator, Sequence


async def serve(parts: Sequence[str]) -> None:
    """Start the parts, be ready, wait for SIGTERM."""
    async with contextlib.AsyncExitStack() as stack:
        if "sqlalchemy" in parts:
            await _database(stack)
        if "grpc" in parts:
            await _grpc(stack)
        if "litestar" in parts:
            await _litestar(stack)
        left = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, left.set)
        os.write(int(os.environ["PANGAEA_NOTIFY_FD"]), b"READY {}\n")
        await left.wait()


async def _database(stack: contextlib.AsyncExitStack) -> None:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['PANGAEA_DATA_DIR']}/bare.db")
    stack.push_async_callback(engine.dispose)
    async with engine.begin() as connection:
        await connection.execute(text("PRAGMA journal_mode=WAL"))
        await connection.execute(
            text("CREATE TABLE IF NOT EXISTS carts (user_id TEXT, product_id TEXT, quantity INTEGER)")
        )


async def _grpc(stack: contextlib.AsyncExitStack) -> None:
    import grpc

    async def same(request: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        return request

    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("bare.Echo", {"Same": grpc.unary_unary_rpc_method_handler(same)})]
    )
    server.add_insecure_port("127.0.0.1:0")
    await server.start()
    stack.push_async_callback(server.stop, 0)


async def _litestar(stack: contextlib.AsyncExitStack) -> None:
    import uvicorn
    from litestar import Litestar, get

    @get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield  # SIGTERM is ours

    server = Server(uvicorn.Config(Litestar([healthz]), port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn offers nothing to wait on
        await asyncio.sleep(0.001)

    async def stop() -> None:
        server.should_exit = True
        await serving

    stack.push_async_callback(stop)


def main() -> None:
    """Runs on the loop that the host uses."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(sys.argv[1:]))


if __name__ == "__main__":
    main()
