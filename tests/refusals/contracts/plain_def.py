"""A plain `def` that is no stream."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get is a plain `def` without a stream.
   at plain_def.py:20  Shop.get
   fix: write `async def`, or return AsyncIterator[T].
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    def get(self, id: str) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
