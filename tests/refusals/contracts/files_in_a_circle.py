"""Two packages of one file that need each other."""

from __future__ import annotations

from app import Contract, Message, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
refusals_contracts_files_in_a_circle.first.proto makes no valid protobuf: files import each other: refusals_contracts_files_in_a_circle.first.proto -> refusals_contracts_files_in_a_circle.second.proto -> refusals_contracts_files_in_a_circle.first.proto.
   fix: move what both need into a third file.
"""


class First(Message, proto="first.First"):
    other: Second | None = None


class Second(Message, proto="second.Second"):
    other: First | None = None


class Shop(Contract):
    @command()
    async def put(self, thing: First) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Shop))
