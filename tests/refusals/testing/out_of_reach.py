"""A module is declared inside a function, where no other process finds it."""

from __future__ import annotations

from app import Module
from app.testing import TestHost

EXPECTED = """
    another process cannot find the module inner: it is declared inside a function.
       at out_of_reach.py:16  Module(inner)
       fix: write `inner = Module(…)` at the top of a Python module that can be imported.
"""


async def wrong() -> None:
    inner = Module(name="inner")
    async with TestHost(inner, topology="processes"):
        pass
