"""Two contracts answer the same method and path."""

from app.module.contract import Contract, query
from app.module.message import Message
from app.module.spec import spec_of
from app.serving.routing import check_routes
from app.telling.refusals import Refused

EXPECTED = """
    Prices.price is routed as GET /api/things/{id}, which Things.thing answers already.
       at route_taken.py:22  Things.thing
       at route_taken.py:27  Prices.price
       fix: give one of them another path.
"""


class Thing(Message):
    id: str


class Things(Contract):
    @query(http="GET /api/things/{name}")
    async def thing(self, name: str) -> Thing: ...


class Prices(Contract):
    @query(http="GET /api/things/{id}")
    async def price(self, id: str) -> Thing: ...


def wrong() -> None:
    raise Refused(check_routes([spec_of(Things), spec_of(Prices)]))
