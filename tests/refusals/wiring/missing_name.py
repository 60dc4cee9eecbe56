"""What is asked for is offered under another name only."""

from typing import Annotated

from app.module.declaration import Module, Named, provide
from app.wiring.graph import Offers, read

EXPECTED = """
serve needs Pool named 'replica' (its parameter 'pool'), and only Pool named 'main' is offered.
   at missing_name.py:27  Module(shop)
   at missing_name.py:23  serve
   serve (module shop)
   └ Pool named 'replica'
   did you mean `Pool named 'main'`?
   fix: ask for what is offered.
"""


class Pool:
    pass


def serve(pool: Annotated[Pool, Named("replica")]) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[provide(Pool, name="main")], invoke=[serve])], Offers())
