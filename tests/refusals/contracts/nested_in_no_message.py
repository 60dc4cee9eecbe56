"""A Message inside a class that is none."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
refusals_contracts_nested_in_no_message makes no valid protobuf: refusals_contracts_nested_in_no_message.Space.Thing is inside Space, which this file does not define.
   fix: define Space beside it, or change its `proto=`.
"""


class Space:
    class Thing(Message):
        name: str


class Shop(Contract):
    @command()
    async def put(self, thing: Space.Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
