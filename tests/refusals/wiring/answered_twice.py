"""Two modules export one contract."""

from app.module.contract import Contract, query
from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
the contract Payments is exported 2 times: by cards, cash.
   at answered_twice.py:29  Payments.by(…)
   at answered_twice.py:30  Payments.by(…)
   fix: export it once, with every slice in one `by(…)`.
"""


class Payments(Contract):
    @query()
    async def balance(self) -> None: ...


class Cards(Payments):
    async def balance(self) -> None: ...


class Cash(Payments):
    async def balance(self) -> None: ...


def wrong() -> None:
    cards = Module(name="cards", exports=[Payments.by(Cards)])
    read([cards, Module(name="cash", exports=[Payments.by(Cash)])], Offers())
