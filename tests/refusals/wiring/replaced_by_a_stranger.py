"""A contract is replaced by what does not answer it."""

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.wiring.graph import Offers, Replacement, read

EXPECTED = """
the replacement of Payments is an object, which does not answer the contract.
   fix: write class Fake(Payments): ….
"""


class Payments(Contract):
    @query()
    async def balance(self) -> None: ...


def serve(payments: Payments) -> None: ...


def wrong() -> None:
    read([Module(name="shop", invoke=[serve])], Offers(), replace={Payments: Replacement(object())})
