"""An annotation of a name that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
Thing has an annotation that cannot be read (name 'Money' is not defined).
   at unreadable_field.py:22  Thing
   fix: import the name at the top of the file, outside `if TYPE_CHECKING`.
"""


if TYPE_CHECKING:
    from modules.currency.contract import Money


class Thing(Message):
    price: Money


class Shop(Contract):
    @command()
    async def put(self, thing: Thing) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
