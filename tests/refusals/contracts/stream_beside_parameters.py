"""A stream beside other parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.put takes a stream beside other parameters.
   at stream_beside_parameters.py:22  Shop.put
   fix: put them into the stream's first message.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def put(self, id: str, things: AsyncIterator[Thing]) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
