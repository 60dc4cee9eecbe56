"""A route that names a field which the request has not."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get has a route that names 'name', and the request has no such field.
   at route_without_field.py:20  Shop.get
   fix: name one of: id.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query(http="GET /things/{name}")
    async def get(self, id: str) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
