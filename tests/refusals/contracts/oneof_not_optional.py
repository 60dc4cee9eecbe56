"""A member of a oneof that is always there."""

from __future__ import annotations

from typing import Annotated

from app import Contract, Message, OneOf, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing.mail belongs to the oneof 'contact' and is not optional.
   at oneof_not_optional.py:18  Thing
   fix: write `Annotated[T | None, OneOf(…)]`.
"""


class Thing(Message):
    mail: Annotated[str, OneOf("contact")]


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
