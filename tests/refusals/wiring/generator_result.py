"""A generator says that it returns what it yields."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
pool is a generator that says it returns Pool.
   at generator_result.py:23  Module(shop)
   at generator_result.py:18  pool
   fix: annotate it as Iterator[Pool].
"""


class Pool:
    pass


def pool() -> Pool:
    yield Pool()


def wrong() -> None:
    read([Module(name="shop", provide=[pool])], Offers())
