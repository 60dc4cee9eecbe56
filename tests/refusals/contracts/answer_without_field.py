"""A route that answers with a field which the result does not have."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.look answers with 'nam', and the result has no such field.
   at answer_without_field.py:20  Shop.look
   fix: name one of: name.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query(http="GET /things", answer="nam")
    async def look(self) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
