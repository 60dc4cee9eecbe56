"""A contract wants a path that the host serves itself."""

from app.module.contract import Contract, query
from app.module.message import Message
from app.module.spec import spec_of
from app.serving.routing import check_routes
from app.telling.refusals import Refused

EXPECTED = """
    Things.health is routed as GET /healthz, which the host answers already.
       at route_of_the_host.py:21  Things.health
       fix: give one of them another path.
"""


class Thing(Message):
    id: str


class Things(Contract):
    @query(http="GET /healthz")
    async def health(self) -> Thing: ...


def wrong() -> None:
    raise Refused(check_routes([spec_of(Things)]))
