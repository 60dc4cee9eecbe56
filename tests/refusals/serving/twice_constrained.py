"""A field that is constrained twice, which JSON's reader cannot follow."""

from typing import Annotated

import msgspec

from app.module.contract import Contract, command
from app.module.message import Message
from app.module.spec import spec_of
from app.serving.routing import check_routes
from app.telling.refusals import Refused

EXPECTED = """
    Things.make has a request that JSON cannot say (Multiple Meta annotations setting le found).
       at twice_constrained.py:27  Things.make
       fix: constrain each field once, with types that JSON has.
"""

Small = Annotated[int, msgspec.Meta(le=10)]


class Thing(Message):
    size: Annotated[Small, msgspec.Meta(le=5)]


class Things(Contract):
    @command(http="POST /api/things", body="*")
    async def make(self, thing: Thing) -> None: ...


def wrong() -> None:
    raise Refused(check_routes([spec_of(Things)]))
