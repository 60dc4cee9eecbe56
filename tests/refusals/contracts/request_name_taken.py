"""Two contracts of one file whose requests have one name and different fields."""

from __future__ import annotations

from app import Contract, command
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

EXPECTED = """
the request of Cart.add and the request of Catalog.add are both 'refusals_contracts_request_name_taken.AddRequest' on the wire.
   at request_name_taken.py:18  Catalog.add
   at request_name_taken.py:23  Cart.add
   fix: give one of the requests another name by `request=`, or share a Message.
"""


class Catalog(Contract):
    @command()
    async def add(self, name: str) -> None: ...


class Cart(Contract):
    @command()
    async def add(self, product: int) -> None: ...


def wrong() -> object:
    return Schema().add(spec_of(Catalog))
