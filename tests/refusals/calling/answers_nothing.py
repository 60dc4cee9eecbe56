"""What is exported as an implementation has none of the contract's methods."""

from app.calling.answers import answered_by
from app.module.contract import Contract, query
from app.module.message import Message
from app.module.spec import spec_of
from app.telling.refusals import Refused

EXPECTED = """
    2 things are wrong:

    1. Things.one is answered by none of: Store.
       at answers_nothing.py:28  Things.one
       at answers_nothing.py:32  Store
       fix: define one in one of them, or add a slice that does to Things.by(…).

    2. Store cannot answer Things: it has none of the contract's methods.
       at answers_nothing.py:32  Store
       fix: define one of: one.
"""


class Thing(Message):
    id: str


class Things(Contract):
    @query()
    async def one(self) -> Thing: ...


class Store: ...


def wrong() -> None:
    raise Refused(answered_by(spec_of(Things), [Store]))
