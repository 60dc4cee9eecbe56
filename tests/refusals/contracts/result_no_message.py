"""A result that is no Message."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get returns str.
   at result_no_message.py:20  Shop.get
   fix: return a Message or None.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def get(self, id: str) -> str: ...


def wrong() -> object:
    return spec_of(Shop)
