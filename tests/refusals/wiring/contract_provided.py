"""A contract is provided instead of exported."""

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Payments in provide= of module shop is a contract.
   at contract_provided.py:21  Module(shop)
   at contract_provided.py:15  Payments
   fix: export it with by(…); whoever needs it asks for it by type.
"""


class Payments(Contract):
    @query()
    async def balance(self) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Payments])], Offers())
