"""A time of day."""

from __future__ import annotations

import datetime

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.at is a time of day, which protobuf does not know.
   at time_of_day.py:18  Thing
   fix: use a datetime, or a str.
"""


class Thing(Message):
    at: datetime.time


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
