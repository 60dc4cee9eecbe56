"""A parameter that protobuf cannot say."""

from __future__ import annotations

from app import Contract, Message, query
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Shop.find.words is list[str], which can change in its holder's hands.
   at unsayable_parameter.py:21  Shop.find
   fix: write `tuple[T, ...]`.
"""


class Thing(Message):
    name: str


class Shop(Contract):
    @query()
    async def find(self, words: list[str]) -> Thing: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
