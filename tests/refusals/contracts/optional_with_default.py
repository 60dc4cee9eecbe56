"""A field that may be None and defaults to something else."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.page may be None but defaults to 5, and a None that is sent would arrive as that.
   at optional_with_default.py:16  Thing
   fix: default to None, or drop the None.
"""


class Thing(Message):
    page: int | None = 5


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
