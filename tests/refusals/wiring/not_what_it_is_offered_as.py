"""What is offered as an interface is none."""

from typing import Protocol

from app.module.declaration import Module, provide
from app.wiring.graph import Offers, read

EXPECTED = """
Queue is offered as Store, and Queue has no load.
   at not_what_it_is_offered_as.py:25  provide(Queue)
   at not_what_it_is_offered_as.py:20  Queue
   fix: let it be a Store, or offer it as what it is.
"""


class Store(Protocol):
    def load(self, key: str) -> bytes: ...


class Queue:
    pass


def wrong() -> None:
    read([Module(name="shop", provide=[provide(Queue, provides=Store)])], Offers())
