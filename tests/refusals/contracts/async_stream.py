"""An `async def` that returns a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.watch is `async def` and returns a stream.
   at async_stream.py:22  Shop.watch
   fix: write plain `def … -> AsyncIterator[T]`.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def watch(self) -> AsyncIterator[Thing]: ...


def wrong() -> object:
    return spec_of(Shop)
