"""A method without its decorator."""

from __future__ import annotations

from app import Contract, Message
from app.module.spec import spec_of

EXPECTED = """
Shop.get is neither a query nor a command.
   at neither_query_nor_command.py:20  Shop.get
   fix: put @query(...) or @command(...) above it.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    async def get(self, id: str) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
