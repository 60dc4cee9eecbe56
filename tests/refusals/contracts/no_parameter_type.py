"""A parameter without a type."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get has a parameter 'id' without a type.
   at no_parameter_type.py:20  Shop.get
   fix: annotate it.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def get(self, id) -> Thing: ...  # type: ignore[no-untyped-def]


def wrong() -> object:
    return spec_of(Shop)
