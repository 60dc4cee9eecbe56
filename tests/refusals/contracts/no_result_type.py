"""A method that does not say what it returns."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get does not say what it returns.
   at no_result_type.py:20  Shop.get
   fix: annotate the result: a Message, None or AsyncIterator[Message].
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def get(self, id: str): ...  # type: ignore[no-untyped-def]


def wrong() -> object:
    return spec_of(Shop)
