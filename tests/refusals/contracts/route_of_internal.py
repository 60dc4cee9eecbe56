"""A REST route of a contract that is for the modules of the deployment alone."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.look has a REST route, and its contract is internal.
   at route_of_internal.py:20  Shop.look
   fix: drop http=, or internal=True.
"""


class Thing(Message):
    name: str


class Shop(Contract, internal=True):
    @query(http="GET /things")
    async def look(self) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
