"""A blocking method is exported without in_threads, and with another parameter."""

from app.calling.answers import answered_by
from app.module.contract import Contract, query
from app.module.message import Message
from app.module.spec import spec_of
from app.telling.refusals import Refused

EXPECTED = """
    2 things are wrong:

    1. Blocking.one cannot answer Things.one: it is a plain `def`.
       at blocking_unsaid.py:34  Blocking.one
       at blocking_unsaid.py:29  Things.one
       fix: write `async def`, or export the class by in_threads(…).

    2. Blocking.one cannot answer Things.one: it has other parameters than the contract.
       at blocking_unsaid.py:34  Blocking.one
       at blocking_unsaid.py:29  Things.one
       fix: write `(id: str)`.
"""


class Thing(Message):
    id: str


class Things(Contract):
    @query()
    async def one(self, id: str) -> Thing: ...


class Blocking:
    def one(self, name: str) -> Thing:
        return Thing(id=name)


def wrong() -> None:
    raise Refused(answered_by(spec_of(Things), [Blocking]))
