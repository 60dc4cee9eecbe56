"""Calls GetProduct from many callers at once, with a deadline and a traceparent, passing bytes through untouched."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import grpc

from .child import answer, questions

SERVICE = "hipstershop.ProductCatalogService"
CALLERS = 64
DEADLINE = 10.0
METADATA = (("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),)


async def hammer(channel: grpc.aio.Channel, request: bytes, calls: int) -> None:
    """As many calls, no more than CALLERS at a time. Raises grpc.aio.AioRpcError for one that fails."""
    method: Any = channel.unary_unary(f"/{SERVICE}/GetProduct")
    left = iter(range(calls))

    async def caller() -> None:
        for _ in left:
            await method(request, timeout=DEADLINE, metadata=METADATA)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


async def rate(target: str, request: bytes, seconds: float) -> float:
    """Answers a second."""
    async with grpc.aio.insecure_channel(target) as channel:
        await hammer(channel, request, CALLERS)  # connect
        calls, began = 0, perf_counter()
        while (took := perf_counter() - began) < seconds:
            await hammer(channel, request, 4 * CALLERS)
            calls += 4 * CALLERS
        return calls / took


def main() -> None:
    """Answers `{target, request, seconds}` with a rate."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for question in questions():
            answer(runner.run(rate(question["target"], bytes.fromhex(question["request"]), question["seconds"])))


if __name__ == "__main__":
    main()
