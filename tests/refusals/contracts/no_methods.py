"""A contract that declares nothing."""

from __future__ import annotations

from app import Contract
from app.module.spec import spec_of

EXPECTED = """
Shop has no methods.
   at no_methods.py:15  Shop
   fix: declare at least one @query or @command.
"""


class Shop(Contract):
    pass


def wrong() -> object:
    return spec_of(Shop)
