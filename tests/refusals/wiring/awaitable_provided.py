"""A function that returns an awaitable is no async function to who reads it."""

from __future__ import annotations

from collections.abc import Awaitable

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
store in provide= of module shop makes Awaitable[Store], which is awaited for a value.
   at awaitable_provided.py:31  Module(shop)
   at awaitable_provided.py:26  store
   fix: make it an async function, whose result is the value.
"""


class Store:
    pass


async def connect() -> Store:
    return Store()


def store() -> Awaitable[Store]:
    return connect()


def wrong() -> None:
    read([Module(name="shop", provide=[store])], Offers())
