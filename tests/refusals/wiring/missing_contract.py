"""A contract is asked for that nobody answers."""

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Checkout needs Payments (its parameter 'payments'), a contract that no module exports and no address answers.
   at missing_contract.py:27  Module(shop)
   at missing_contract.py:22  Checkout
   Checkout (module shop)
   └ Payments
   fix: export it from a module that runs: exports=[Payments.by(…)], or place it elsewhere.
"""


class Payments(Contract):
    @query()
    async def balance(self) -> None: ...


class Checkout:
    def __init__(self, payments: Payments) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Checkout])], Offers())
