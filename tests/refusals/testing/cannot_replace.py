"""A contract is to be answered by what has none of its methods."""

from __future__ import annotations

from app import Contract, Message, query
from app.testing import TestHost

EXPECTED = """
    the replacement of Words is a object, which has no say.
       fix: write class Fake(Words): … with these methods.
"""


class Word(Message):
    text: str


class Words(Contract):
    @query()
    async def say(self, text: str) -> Word: ...


async def wrong() -> None:
    async with TestHost().replace(Words, object()):
        pass
