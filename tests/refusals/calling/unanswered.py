"""No slice answers one of the contract's methods."""

from app.calling.answers import answered_by
from app.module.contract import Contract, query
from app.module.message import Message
from app.module.spec import spec_of
from app.telling.refusals import Refused

EXPECTED = """
    Things.other is answered by none of: One.
       at unanswered.py:24  Things.other
       at unanswered.py:28  One
       fix: define other in one of them, or add a slice that does to Things.by(…).
"""


class Thing(Message):
    id: str


class Things(Contract):
    @query()
    async def one(self) -> Thing: ...
    @query()
    async def other(self) -> Thing: ...


class One(Things):
    async def one(self) -> Thing:
        return Thing(id="1")


def wrong() -> None:
    raise Refused(answered_by(spec_of(Things), [One]))
