"""A method that raises what is no Failure."""

from __future__ import annotations

from app import Contract, Message, query
from app.module.spec import spec_of

EXPECTED = """
Shop.get raises <class 'ValueError'>, which is no Failure.
   at raises_no_failure.py:20  Shop.get
   fix: subclass one of the kinds, such as NotFound.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query(raises=[ValueError])  # type: ignore[list-item]
    async def get(self, id: str) -> Thing: ...


def wrong() -> object:
    return spec_of(Shop)
