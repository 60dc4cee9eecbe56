"""Somebody else's role owns the schema."""

from __future__ import annotations

from app.telling.refusals import Refused
from app.telling.refusals.storing import RoleNotGranted

EXPECTED = """
    what cart keeps in postgresql://app@db/shop is the role shop.cart's, and the user of the URL may not take that on.
       fix: let whoever made it run `GRANT "shop.cart" TO` that user.
"""


def wrong() -> None:
    """tests/host/storing/test_isolation.py has the server that says so."""
    raise Refused([RoleNotGranted(module="cart", url="postgresql://app@db/shop", role="shop.cart")])
