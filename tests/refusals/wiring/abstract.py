"""An abstract class is provided."""

from abc import ABC, abstractmethod

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
Store in provide= of module shop is abstract (load missing).
   at abstract.py:22  Module(shop)
   at abstract.py:16  Store
   fix: provide a subclass that has them.
"""


class Store(ABC):
    @abstractmethod
    def load(self, key: str) -> bytes: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Store])], Offers())
