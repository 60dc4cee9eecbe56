"""Two slices answer the same method."""

from app.calling.answers import answered_by
from app.module.contract import Contract, query
from app.module.message import Message
from app.module.spec import spec_of
from app.telling.refusals import Refused

EXPECTED = """
    Things.one is answered by each of: One, Again.
       at answered_twice.py:26  One
       at answered_twice.py:31  Again
       fix: leave it to one of them.
"""


class Thing(Message):
    id: str


class Things(Contract):
    @query()
    async def one(self) -> Thing: ...


class One(Things):
    async def one(self) -> Thing:
        return Thing(id="1")


class Again(Things):
    async def one(self) -> Thing:
        return Thing(id="2")


def wrong() -> None:
    raise Refused(answered_by(spec_of(Things), [One, Again]))
