"""A route that leaves a field of the request to nobody, and one whose query holds a message."""

from app.module.contract import Contract, command, query
from app.module.message import Message
from app.module.spec import spec_of
from app.serving.routing import check_routes
from app.telling.refusals import Refused

EXPECTED = """
    2 things are wrong:

    1. Things.rename has a route that leaves 'name' unfilled, and it has no default.
       at unfilled_field.py:27  Things.rename
       fix: put it into the path or the query, or write body="name" or body="*".

    2. Things.find has 'like' in its query, which no text can hold.
       at unfilled_field.py:30  Things.find
       fix: send it in the body: body="*".
"""


class Thing(Message):
    id: str


class Things(Contract):
    @command(http="POST /api/things/{id}")
    async def rename(self, id: str, name: str) -> Thing: ...

    @query(http="GET /api/things?like={like}")
    async def find(self, like: Thing, limit: int = 10) -> Thing: ...


def wrong() -> None:
    raise Refused(check_routes([spec_of(Things)]))
