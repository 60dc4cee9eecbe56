"""A method that takes whatever comes."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get takes *ids.
   at star_parameters.py:20  Shop.get
   fix: name every parameter.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def get(self, *ids: str) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
