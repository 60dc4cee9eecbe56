"""All refusals come together."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
4 things are wrong:

1. the parameter 'database' of Store has no annotation.
   at everything_at_once.py:55  Module(shop)
   at everything_at_once.py:38  Store
   fix: annotate it, or give it a default.

2. cached decorates list[str], which module shop does not see.
   at everything_at_once.py:55  Module(shop)
   at everything_at_once.py:50  cached
   fix: decorate what is offered here or above; the type that is returned says what is decorated.

3. Prices needs int (its parameter 'rate'), which nobody offers.
   at everything_at_once.py:55  Module(shop)
   at everything_at_once.py:46  Prices
   Cart (module shop)
   └ Prices (module shop)
     └ int
   fix: provide int in module shop, or give the parameter a default.

4. Cart and Prices need one another.
   at everything_at_once.py:55  Module(shop)
   at everything_at_once.py:42  Cart
   at everything_at_once.py:46  Prices
   Cart (module shop)
   └ Prices (module shop)
     └ Cart (module shop)   ← again
   fix: let one of them be handed what it needs later, in a start hook, or split out what both need.
"""


class Store:
    def __init__(self, database) -> None: ...


class Cart:
    def __init__(self, prices: "Prices") -> None: ...


class Prices:
    def __init__(self, cart: Cart, rate: int) -> None: ...


def cached(shelf: list[str]) -> list[str]:
    return shelf


def wrong() -> None:
    read([Module(name="shop", provide=[Store, Cart, Prices], decorate=[cached])], Offers())
