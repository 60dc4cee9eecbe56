"""A stream with a REST route."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.watch is a stream with a REST route.
   at route_of_stream.py:22  Shop.watch
   fix: serve streams from the module's http.py.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query(http="GET /things")
    def watch(self) -> AsyncIterator[Thing]: ...


def wrong() -> object:
    return spec_of(Shop)
