"""A route that cannot be read."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get has a route that cannot be read: '/things/{id}' is not `VERB /path?name={field}`.
   at route_unreadable.py:20  Shop.get
   fix: write `GET /api/things/{id}?page={page}`.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query(http="/things/{id}")
    async def get(self, id: str) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
