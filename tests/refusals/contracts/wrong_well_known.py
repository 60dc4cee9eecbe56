"""A message that stands for one of protobuf's own and is another."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
refusals_contracts_wrong_well_known makes no valid protobuf: Mask stands for google.protobuf.FieldMask, whose fields are paths.
   at wrong_well_known.py:16  Mask
   fix: give it exactly these fields.
"""


class Mask(Message, proto="google.protobuf.FieldMask"):
    names: tuple[str, ...]


class Shop(Contract):
    @command()
    async def put(self, mask: Mask) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
